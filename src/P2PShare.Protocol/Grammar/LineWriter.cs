using System.Buffers;
using System.Buffers.Text;
using System.Text;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Grammar;

/// <summary>Writes one line directly into the memory of an output, without an allocation. Words are separated by one space.</summary>
internal ref struct LineWriter
{
    // The longest line and its LF.
    private const int BufferBytes = Limits.MaxLineBytes + 1;

    private readonly IBufferWriter<byte> _output;
    private readonly Span<byte> _buffer;
    private int _length;

    private LineWriter(IBufferWriter<byte> output)
    {
        _output = output;
        _buffer = output.GetSpan(BufferBytes);
    }

    public static LineWriter Start(IBufferWriter<byte> output) => new(output);

    public static LineWriter Start(IBufferWriter<byte> output, Verb verb) => Start(output).Word(Verbs.WordOf(verb));

    public LineWriter Word(scoped ReadOnlySpan<byte> bytes)
    {
        if (_length > 0)
            _buffer[_length++] = (byte)' ';
        bytes.CopyTo(_buffer[_length..]);
        _length += bytes.Length;
        return this;
    }

    public LineWriter Word(FileName name) => Word(name.Utf8.Span);

    public LineWriter Word(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out var length);
        return Word(digits[..length]);
    }

    public LineWriter Word(FileId id)
    {
        Span<byte> hex = stackalloc byte[FileId.HexLength];
        id.WriteHex(hex);
        return Word(hex);
    }

    public LineWriter Word(PeerAddress address)
    {
        Span<byte> words = stackalloc byte[PeerAddress.MaxBytes];
        return Word(words[..PeerAddress.Write(words, address.Ip, address.Port)]);
    }

    /// <summary>Writes text that is ours or was validated. It is cut after 1,024 bytes, between two characters.</summary>
    public LineWriter Text(string text)
    {
        Span<byte> utf8 = stackalloc byte[Limits.MaxFileNameBytes];
        Encoding.UTF8.TryGetBytes(text, utf8, out var length);
        if (length == 0 && text.Length > 0)
            System.Text.Unicode.Utf8.FromUtf16(text, utf8, out _, out length);
        return Word(utf8[..length]);
    }

    /// <summary>Writes the LF and advances the output.</summary>
    public void End()
    {
        _buffer[_length++] = (byte)'\n';
        _output.Advance(_length);
    }
}
