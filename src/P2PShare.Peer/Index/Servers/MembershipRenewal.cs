using P2PShare.Networking.Security.Identities;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using Serilog;

namespace P2PShare.Peer.Index.Servers;

/// <summary>Keeps this client's certificate valid while it is a member of a private server.</summary>
/// <param name="index">The server.</param>
/// <param name="key">This client's key.</param>
/// <param name="identity">What it shows to other peers.</param>
/// <param name="time">The clock of the renewals.</param>
/// <param name="log">Where failures are told.</param>
internal sealed class MembershipRenewal(IndexClient index, ProgramKey key, MemberIdentity identity, TimeProvider time, ILogger log)
{
    // A certificate lives for minutes, and a connection to another server is as quick.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(15);

    // A renewal is tried so long before the end.
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(5);

    /// <summary>Difference of the clocks from which it is told.</summary>
    private static readonly TimeSpan TellClockFrom = TimeSpan.FromMinutes(1);

    private bool _isClockTold;

    /// <summary>This machine's clock differs from the server's; the argument is what has to be added to it. Raised once.</summary>
    public event Action<TimeSpan>? ClockDiffers;

    /// <summary>Gets a certificate, where the server is private and the one that is shown is not valid for long.</summary>
    /// <exception cref="IOException">The server cannot be asked.</exception>
    public async Task RenewAsync(CancellationToken cancellation)
    {
        if (!index.Features.HasFlag(Features.Members) || index.ServerKey is not { } server)
            return;
        identity.RequireMembers();
        if (!IsDue(server))
            return;
        if (await index.CertifyAsync(key.PublicKey, cancellation) is not { } reply
            || Membership.TryCreate(key, server, reply, time.GetUtcNow()) is not { } membership)
        {
            log.Warning("The server gave no valid certificate; other members will refuse this client");
            return;
        }

        identity.Take(membership);
        log.Debug("A certificate is valid until {Until}", membership.Until);
        if (membership.ClockOffset.Duration() < TellClockFrom || _isClockTold)
            return;
        _isClockTold = true;
        ClockDiffers?.Invoke(membership.ClockOffset);
    }

    /// <summary>Renews until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(BetweenLooks, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
                await TryRenewAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            // The client ends.
        }
    }

    private async Task TryRenewAsync(CancellationToken cancellation)
    {
        try
        {
            await RenewAsync(cancellation);
        }
        catch (IOException e)
        {
            log.Debug("The certificate was not renewed: {Reason:l}", e.Message);
        }
    }

    private bool IsDue(KeyFingerprint server) =>
        identity.Membership is not { } membership || membership.Until - membership.ClockOffset - time.GetUtcNow() < RenewBefore
        || !membership.IsFrom(server);
}
