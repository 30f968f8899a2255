namespace P2PShare.Peer.Tests.Downloads.Scheduling;

/// <summary>Decides for the lowest piece wherever chance decides, so that a test can name the pieces.</summary>
internal sealed class LowestChoice : Random
{
    public override int Next(int maxValue) => 0;
}
