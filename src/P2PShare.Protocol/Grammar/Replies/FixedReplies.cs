using System.Buffers;

namespace P2PShare.Protocol.Grammar.Replies;

/// <summary>The replies that are one fixed line, and ERROR.</summary>
public static class FixedReplies
{
    /// <summary>Ends LIST_FILES.</summary>
    public static ReadOnlySpan<byte> ListEnd => "LIST_END"u8;

    /// <summary>Ends LOCATE and LOCATE_ID.</summary>
    public static ReadOnlySpan<byte> LocateEnd => "LOCATE_END"u8;

    /// <summary>Ends LOCATE_PEERS.</summary>
    public static ReadOnlySpan<byte> LocatePeersEnd => "LOCATE_PEERS_END"u8;

    /// <summary>Ends WHOIS.</summary>
    public static ReadOnlySpan<byte> WhoisEnd => "WHOIS_END"u8;

    /// <summary>Ends SERVERS.</summary>
    public static ReadOnlySpan<byte> ServersEnd => "SERVERS_END"u8;

    /// <summary>Ends LIST_SHARES.</summary>
    public static ReadOnlySpan<byte> ListSharesEnd => "LIST_SHARES_END"u8;

    /// <summary>Ends SEARCH where every hit was sent.</summary>
    public static ReadOnlySpan<byte> SearchEnd => "SEARCH_END"u8;

    /// <summary>Ends SEARCH where there were more hits than one reply may have.</summary>
    public static ReadOnlySpan<byte> SearchEndMore => "SEARCH_END MORE"u8;

    /// <summary>
    /// Answers WITHDRAW and WITHDRAW_PART of what this session does not share, and REQUEST without an owner.
    /// </summary>
    public static ReadOnlySpan<byte> NotFound => "NOT_FOUND"u8;

    /// <summary>Answers PING.</summary>
    public static ReadOnlySpan<byte> Pong => "PONG"u8;

    /// <summary>A peer's answer where it does not share that content.</summary>
    public static ReadOnlySpan<byte> NotShared => "NOT_SHARED"u8;

    /// <summary>A peer's answer where its file is no longer what was announced.</summary>
    public static ReadOnlySpan<byte> Changed => "CHANGED"u8;

    /// <summary>A peer's answer to a GET where others wait for an upload slot.</summary>
    public static ReadOnlySpan<byte> Choked => "CHOKED"u8;

    /// <summary>A peer's answer to a WATCH of content that it does not share.</summary>
    public static ReadOnlySpan<byte> HaveNone => "HAVE_NONE"u8;

    /// <summary>A peer's answer to a META of a file of which it can tell nothing.</summary>
    public static ReadOnlySpan<byte> MetaNone => "META_NONE"u8;

    /// <summary>Ends FOLDERS.</summary>
    public static ReadOnlySpan<byte> FoldersEnd => "FOLDERS_END"u8;

    /// <summary>The reason of the ERROR before a connection is closed for a line over 4,096 bytes.</summary>
    public const string LineTooLong = "line too long";

    /// <summary>
    /// The reason of the ERROR after the VERSION_FAIL to a connection in clear text. It is for people: a plain program cannot do what it
    /// says.
    /// </summary>
    public const string EncryptionRequired = "this server accepts only encrypted connections (TLS); use a client that has them";

    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> reply) => LineWriter.Start(output).Word(reply).End();

    // ERROR unknown command
    public static void WriteError(IBufferWriter<byte> output, string reason) => LineWriter.Start(output).Word("ERROR"u8).Text(reason).End();

    public static bool IsError(ReadOnlySpan<byte> line) => line.SequenceEqual("ERROR"u8) || line.StartsWith("ERROR "u8);
}
