using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Grammar.Commands;

// The commands of version 1.0 (PROTOCOL.md, section 4).

/// <summary><c>PROTO_VERSION 1.0</c>: the handshake, which is the first line of a conversation.</summary>
public readonly record struct ProtoVersion : IMessage<ProtoVersion>
{
    /// <summary>The line without its LF. There is one version, so that a comparison is enough.</summary>
    public static ReadOnlySpan<byte> WholeLine => "PROTO_VERSION 1.0"u8;

    public static Verb Verb => Verb.ProtoVersion;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out ProtoVersion message, [NotNullWhen(false)] out string? refusal)
    {
        message = default;
        refusal = arguments.Span.SequenceEqual("1.0"u8) ? null : "version is not 1.0";
        return refusal is null;
    }

    // PROTO_VERSION 1.0
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output, Verb).Word("1.0"u8).End();
}

/// <summary><c>REGISTER username</c>: sets the user name of the session.</summary>
public readonly record struct Register(UserName User) : IMessage<Register>
{
    public static Verb Verb => Verb.Register;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out Register message, [NotNullWhen(false)] out string? refusal)
    {
        var parsed = UserName.TryParse(arguments.Span, out var user, out refusal);
        message = new Register(user);
        return parsed;
    }

    // REGISTER yigido
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output, Verb).Text(User.Text).End();
}

/// <summary>
/// <c>ANNOUNCE filename port</c>: this session's peer serves the file on that port. The port is the last word; the name is everything
/// before it.
/// </summary>
public readonly record struct Announce(FileName Name, int Port) : IMessage<Announce>
{
    public static Verb Verb => Verb.Announce;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out Announce message, [NotNullWhen(false)] out string? refusal)
    {
        message = default;
        if (!Words.TryTakeLast(arguments, out var portWord, out var nameBytes))
            refusal = arguments.IsEmpty ? "file name and port missing" : Refusals.PortMissing;
        else if (!PeerAddress.TryParsePort(portWord, out var port))
            refusal = Refusals.BadPort;
        else if (FileName.TryParse(nameBytes, out var name, out refusal))
            message = new Announce(name, port);
        return refusal is null;
    }

    // ANNOUNCE yaz tatili.txt 9001
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output, Verb).Word(Name).Word(Port).End();
}

/// <summary><c>LIST_FILES</c>: asks for every entry of the registry.</summary>
public readonly record struct ListFiles : IMessage<ListFiles>
{
    public static Verb Verb => Verb.ListFiles;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out ListFiles message, [NotNullWhen(false)] out string? refusal)
    {
        message = default;
        refusal = arguments.IsEmpty ? null : Refusals.UnexpectedArguments;
        return refusal is null;
    }

    // LIST_FILES
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output, Verb).End();
}

/// <summary><c>REQUEST filename</c>: asks for one owner of the file.</summary>
public readonly record struct Request(FileName Name) : IMessage<Request>
{
    public static Verb Verb => Verb.Request;

    public static bool TryParse(ReadOnlyMemory<byte> arguments, out Request message, [NotNullWhen(false)] out string? refusal)
    {
        var parsed = FileName.TryParse(arguments, out var name, out refusal);
        message = new Request(name);
        return parsed;
    }

    // REQUEST yaz tatili.txt
    public void WriteTo(IBufferWriter<byte> output) => LineWriter.Start(output, Verb).Word(Name).End();
}
