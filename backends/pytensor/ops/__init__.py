"""Operations of our own for what PyTensor lacks: convolution, pooling, recurrent layers."""
