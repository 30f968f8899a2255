using P2PShare.Client.Cli.Display;
using P2PShare.Peer.Index;

namespace P2PShare.Client.Cli;

/// <summary>Tells the user why a server is not believed to be the one that it was.</summary>
internal static class ServerDistrust
{
    public static string Text(ServerIdentityException e)
    {
        var lookup = $"delete its line in {Screen.Safe(UserFolders.KnownServersFile)}";
        return e switch
        {
            ServerKeyChangedException changed =>
                $"The server at {e.Server} has not the key that is known ({changed.Known.Grouped}), but {changed.Actual.Grouped}: somebody "
                + $"else may answer there. Ask the server's owner; if the new key is right, {lookup}, or correct --server-key.",
            _ => $"{Screen.Sentence($"At {e.Server}, {e.Message}")} Somebody may be on the way. Ask the server's owner; if there is to be "
                + $"no encryption, {lookup}, or leave out --server-key.",
        };
    }
}
