namespace P2PShare.Peer.Sharing.Following;

/// <summary>What happened in a followed folder since the user was told last: one line for many changes.</summary>
internal sealed class FolderTally
{
    private int _announced;
    private int _updated;
    private int _withdrawn;
    private int _failed;

    public bool IsEmpty => _announced + _updated + _withdrawn + _failed == 0;

    public void CountWithdrawn(int files) => _withdrawn += files;

    /// <param name="wasShared">It was shared before it changed.</param>
    public void CountAnnounced(bool wasShared)
    {
        if (wasShared)
            _updated++;
        else
            _announced++;
    }

    public void CountFailed() => _failed++;

    /// <summary>The sentence, without its subject: "3 files announced, 1 withdrawn."; the counting begins anew.</summary>
    public string TakeSentence()
    {
        var counts = new[]
        {
            (_announced, "announced"), (_updated, "updated"), (_withdrawn, "withdrawn"), (_failed, "not announced (the log says why)"),
        };
        (_announced, _updated, _withdrawn, _failed) = (0, 0, 0, 0);
        var parts = counts.Where(count => count.Item1 > 0)
            .Select((count, index) => index > 0 ? $"{count.Item1} {count.Item2}" : $"{Files(count.Item1)} {count.Item2}");
        return string.Join(", ", parts) + ".";
    }

    /// <summary>"1 file", "2 files".</summary>
    public static string Files(int count) => count == 1 ? "1 file" : $"{count:N0} files";
}
