using System.Buffers;
using System.Buffers.Text;
using System.Text;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Grammar;

/// <summary>Composes one line straight into an output's own memory, so that a reply costs no allocation.</summary>
/// <remarks>The room taken is <see cref="Room"/> bytes: the longest line of the grammar, with its numbers and addresses.</remarks>
internal ref struct Line
{
    private const int Room = Limits.MaxLineBytes + 1;

    private readonly IBufferWriter<byte> _output;
    private readonly Span<byte> _room;
    private int _length;

    private Line(IBufferWriter<byte> output, int room)
    {
        _output = output;
        _room = output.GetSpan(room);
    }

    public static Line In(IBufferWriter<byte> output) => new(output, Room);

    public static Line Of(IBufferWriter<byte> output, Verb verb) => In(output).Word(Verbs.WordOf(verb));

    public Line Word(scoped ReadOnlySpan<byte> bytes)
    {
        if (_length > 0)
            _room[_length++] = (byte)' ';
        bytes.CopyTo(_room[_length..]);
        _length += bytes.Length;
        return this;
    }

    public Line Word(FileName name) => Word(name.Utf8.Span);

    public Line Word(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out var length);
        return Word(digits[..length]);
    }

    public Line Word(FileId id)
    {
        Span<byte> hex = stackalloc byte[FileId.HexLength];
        id.WriteHex(hex);
        return Word(hex);
    }

    public Line Word(PeerAddress address)
    {
        Span<byte> words = stackalloc byte[PeerAddress.MaxBytes];
        return Word(words[..PeerAddress.Write(words, address.Ip, address.Port)]);
    }

    /// <summary>Text of our own or already checked; cut, at a character's edge, where the line would grow too long.</summary>
    public Line Text(string text)
    {
        Span<byte> utf8 = stackalloc byte[Limits.MaxFileNameBytes];
        Encoding.UTF8.TryGetBytes(text, utf8, out var length);
        if (length == 0 && text.Length > 0)
            System.Text.Unicode.Utf8.FromUtf16(text, utf8, out _, out length);
        return Word(utf8[..length]);
    }

    /// <summary>Ends the line with its LF and hands it to the output.</summary>
    public void End()
    {
        _room[_length++] = (byte)'\n';
        _output.Advance(_length);
    }
}
