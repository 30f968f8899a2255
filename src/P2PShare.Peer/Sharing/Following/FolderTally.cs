using System.Globalization;

namespace P2PShare.Peer.Sharing.Following;

/// <summary>What happened in a followed folder since the user was told last: one line for many changes.</summary>
/// <param name="time">The clock.</param>
internal sealed class FolderTally(TimeProvider time)
{
    private long _begun;
    private int _announced;
    private int _updated;
    private int _withdrawn;
    private int _failed;

    /// <summary>The time since the first change that the user was not told of; null where there is none.</summary>
    public TimeSpan? Age => _announced + _updated + _withdrawn + _failed == 0 ? null : time.GetElapsedTime(_begun);

    public void CountWithdrawn(int files)
    {
        if (files > 0)
            Begin();
        _withdrawn += files;
    }

    /// <param name="wasShared">It was shared before it changed.</param>
    public void CountAnnounced(bool wasShared)
    {
        Begin();
        if (wasShared)
            _updated++;
        else
            _announced++;
    }

    public void CountFailed()
    {
        Begin();
        _failed++;
    }

    /// <summary>The sentence, without its subject: "3 files announced, 1 withdrawn."; the counting begins anew.</summary>
    public string TakeSentence()
    {
        var counts = new[]
        {
            (_announced, "announced"), (_updated, "updated"), (_withdrawn, "withdrawn"), (_failed, "not announced (the log says why)"),
        };
        (_announced, _updated, _withdrawn, _failed) = (0, 0, 0, 0);
        var parts = counts.Where(count => count.Item1 > 0)
            .Select((count, index) => $"{(index > 0 ? Number(count.Item1) : Files(count.Item1))} {count.Item2}");
        return string.Join(", ", parts) + ".";
    }

    /// <summary>"1 file", "2 files".</summary>
    public static string Files(int count) => count == 1 ? "1 file" : $"{Number(count)} files";

    private static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private void Begin()
    {
        if (Age is null)
            _begun = time.GetTimestamp();
    }
}
