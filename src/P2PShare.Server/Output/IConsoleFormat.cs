using System.Net;
using Serilog.Events;

namespace P2PShare.Server.Output;

/// <summary>The lines of standard output: for people, or JSON.</summary>
internal interface IConsoleFormat
{
    /// <summary>The server listens for clients.</summary>
    IEnumerable<string> Listening(IPEndPoint end);

    /// <summary>Clients may encrypt, or must.</summary>
    /// <param name="fingerprint">By which they know this server, in groups.</param>
    /// <param name="isRequired">They must.</param>
    string Encrypting(string fingerprint, bool isRequired);

    /// <summary>The metrics can be read.</summary>
    string MetricsListening(IPEndPoint end);

    /// <summary>An event of the log.</summary>
    string Event(LogEvent logEvent);

    /// <summary>So many lines could not be shown, because the console did not take them.</summary>
    string Dropped(int count);

    /// <summary>Why the program ends. Null where this format leaves that to standard error.</summary>
    string? Failed(ServerFailure failure);
}
