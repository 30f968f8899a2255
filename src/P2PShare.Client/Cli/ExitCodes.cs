namespace P2PShare.Client.Cli;

/// <summary>The program's exit codes. They are documented in <c>--help</c>, and never change.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>A command of a script (a pipe, a file, -c, --share) failed, or the program failed because of an internal error.</summary>
    public const int Failed = 1;

    public const int BadArguments = 2;

    /// <summary>The server does not speak protocol 1.0, or refused the user name.</summary>
    public const int Refused = 3;

    public const int NoServer = 4;

    public const int PortTaken = 5;

    /// <summary>The server's key is not the known one, or it was met with encryption and has none now.</summary>
    public const int ServerNotTrusted = 6;

    /// <summary>The server is private, and this client's key is no member's.</summary>
    public const int NotAMember = 7;

    /// <summary>The invitation was used, has expired, or is for another name.</summary>
    public const int InvitationRefused = 8;

    public const string Help = """
        Exit codes:
          0  all went well (always, after a session typed in a terminal)
          1  a command failed that came from a pipe, a file, -c or --share
          2  a bad argument
          3  the server does not speak protocol 1.0, or refused the user name
          4  no server there
          5  the peer port is taken, or cannot be listened on
          6  the server has another key than before, or no encryption any more
          7  the server is private, and this client is no member
          8  the invitation was used, has expired, or is for another name
        """;
}
