using System.Net;
using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Cli.Syntax;

/// <summary>The line to send to a friend: a complete command for a POSIX shell that fetches a content by its id. Pure.</summary>
/// <param name="server">The server of this session.</param>
internal sealed class FetchCommandLine(Func<EndPoint> server)
{
    /// <summary>The command that fetches this content, whatever else its name comes to stand for.</summary>
    public string OfFile(FileName name, FileId id) => Of($"{name}#{id}");

    /// <summary>The command that fetches the files of a folder.</summary>
    public string OfFolder(string name) => Of($"{name}/");

    private string Of(string argument)
    {
        var (host, port) = server() switch
        {
            DnsEndPoint name => (name.Host, name.Port),
            var address => (((IPEndPoint)address).Address.ToString(), ((IPEndPoint)address).Port),
        };
        return $"client friend {host} {port} 0 -c {ShellQuoted($"REQUEST {CommandArgument.Quoted(argument)}")}";
    }

    private static string ShellQuoted(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
