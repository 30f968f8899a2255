using System.Net;
using P2PShare.Networking;

namespace P2PShare.Server.Members;

/// <summary>Limits how often strangers may try an invitation: 128 bits cannot be guessed, and each try costs a read of the file.</summary>
internal sealed class JoinRate(TimeProvider time)
{
    private const int TriesPerAddress = 10;
    private const int MaxAddresses = 10_000;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _tries = [];
    private long _began = time.GetTimestamp();

    /// <summary>Counts a try. False where there were too many of this address, or of too many addresses, within a minute.</summary>
    public bool TryTake(IPAddress address)
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_began) >= Period)
            {
                _tries.Clear();
                _began = time.GetTimestamp();
            }

            var key = RateLimitKey.Of(address);
            var tries = _tries.GetValueOrDefault(key);
            if (tries >= TriesPerAddress || (tries == 0 && _tries.Count >= MaxAddresses))
                return false;
            _tries[key] = tries + 1;
            return true;
        }
    }
}
