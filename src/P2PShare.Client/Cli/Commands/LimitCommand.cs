using P2PShare.Client.Cli.Display;
using P2PShare.Client.Cli.Json;
using P2PShare.Client.Cli.Syntax;
using P2PShare.Client.Text;
using P2PShare.Peer.Peers;

namespace P2PShare.Client.Cli.Commands;

/// <summary>LIMIT: changes a limit of the transfers, or prints both.</summary>
internal sealed class LimitCommand(TransferLimits limits, IOutput output)
{
    private const string Up = "up";
    private const string Down = "down";

    /// <summary>False where the limit is none.</summary>
    public bool Run(Command.Limit command)
    {
        if (command.Direction is { } direction)
        {
            var isUp = direction.Equals(Up, StringComparison.OrdinalIgnoreCase);
            if ((!isUp && !direction.Equals(Down, StringComparison.OrdinalIgnoreCase))
                || !ByteRate.TryParse(command.Rate!, RateLimiter.LeastBytesPerSecond, out var bytesPerSecond))
            {
                output.Error(ErrorCodes.Usage, $"LIMIT takes up or down, and {ByteRate.Rule}.");
                return false;
            }

            (isUp ? limits.Up : limits.Down).BytesPerSecond = bytesPerSecond;
        }

        Print(Up, "uploads", limits.Up);
        Print(Down, "downloads", limits.Down);
        return true;
    }

    private void Print(string direction, string transfers, RateLimiter limiter)
    {
        var limit = limiter.BytesPerSecond;
        output.Result(
            new OutputRecord.Limit(direction, limit == 0 ? null : limit), $"All {transfers} together: {ByteRate.Format(limit)}.");
    }
}
