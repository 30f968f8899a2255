namespace P2PShare.Protocol.Transport;

/// <summary>
/// The other side sent more than <see cref="Limits.MaxLineBytes"/> bytes without a line end. The beginning of the next line is
/// unknown, so the connection must be closed.
/// </summary>
public sealed class LineTooLongException() : IOException($"A line longer than {Limits.MaxLineBytes} bytes was received.");
