using System.Net.Sockets;
using P2PShare.Client.Cli.Display;
using P2PShare.Client.Cli.Json;
using P2PShare.Peer.Index;

namespace P2PShare.Client.Cli;

/// <summary>Makes the first connection to a server, and tells the user what failed.</summary>
/// <param name="index">Connects.</param>
/// <param name="servers">The servers, for messages.</param>
/// <param name="output">Where the messages go.</param>
/// <param name="encrypts">Whether this client may use TLS.</param>
/// <param name="time">The clock of the wait for a full server.</param>
internal sealed class InitialConnection(IndexClient index, string servers, IOutput output, bool encrypts, TimeProvider time)
{
    /// <summary>Connects; as often as a full server asks to come back.</summary>
    /// <returns>Null when connected; else the exit code.</returns>
    public async Task<int?> ConnectAsync(CancellationToken cancellation)
    {
        try
        {
            await ConnectWhenNotFullAsync(cancellation);
            return null;
        }
        catch (VersionRefusedException)
        {
            var whatToDo = encrypts ? "Is that its port?" : "Is that its port, or does it require encryption?";
            output.Error(ErrorCodes.ServerRefused, $"The server at {servers} does not speak protocol 1.0 (VERSION_FAIL). {whatToDo}");
            return ExitCodes.Refused;
        }
        catch (UserRefusedException e)
        {
            output.Error(
                ErrorCodes.ServerRefused,
                $"The server at {servers} refused the user name: {Screen.Sentence(e.Reason)} Start with another one.");
            return ExitCodes.Refused;
        }
        catch (NotAMemberException)
        {
            output.Error(
                ErrorCodes.NotAMember,
                $"The server at {servers} ended the connection without an answer: it is private, and this client is no member. "
                + "Ask its owner for an invitation, and start with --invite CODE.");
            return ExitCodes.NotAMember;
        }
        catch (InvitationRefusedException e)
        {
            var why = e.Reason is { } reason
                ? $"{Screen.Sentence(reason)} Try again later."
                : "it was used, has expired, or is for another user name. Ask its owner for a new one.";
            output.Error(ErrorCodes.InvitationRefused, $"The server at {servers} did not take the invitation: {why}");
            return ExitCodes.InvitationRefused;
        }
        catch (ServerIdentityException e)
        {
            output.Error(ErrorCodes.ServerNotTrusted, ServerDistrust.Text(e));
            return ExitCodes.ServerNotTrusted;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            output.Error(
                ErrorCodes.ServerUnavailable,
                $"No server answers at {servers}: {Screen.Sentence(e.Message)} Is it running, and is that its port?");
            return ExitCodes.NoServer;
        }
    }

    private async Task ConnectWhenNotFullAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await index.ConnectAsync(cancellation);
                return;
            }
            catch (ServerBusyException e)
            {
                output.Notice(
                    NoticeCodes.ServerFull, $"The server at {servers} is full; trying again in {e.RetryAfter.TotalSeconds:F0} s.");
                await Task.Delay(e.RetryAfter, time, cancellation);
            }
        }
    }
}
