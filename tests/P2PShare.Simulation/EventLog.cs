using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace P2PShare.Simulation;

/// <summary>The events of a run with their simulated times. Two runs with one seed must have identical logs.</summary>
internal sealed class EventLog(TimeProvider time, TextWriter? output)
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly long _start = time.GetTimestamp();

    public int Lines { get; private set; }

    /// <summary>A hash of all lines so far.</summary>
    public string Digest => Convert.ToHexStringLower(_hash.GetCurrentHash())[..16];

    public void Add(FormattableString what)
    {
        var line = string.Create(
            CultureInfo.InvariantCulture, $"{time.GetElapsedTime(_start).TotalSeconds,10:F4} {FormattableString.Invariant(what)}");
        _hash.AppendData(Encoding.UTF8.GetBytes(line));
        Lines++;
        output?.WriteLine(line);
    }
}
