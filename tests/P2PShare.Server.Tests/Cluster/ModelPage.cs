using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry;
using P2PShare.Server.Registry.Pages;

namespace P2PShare.Server.Tests.Cluster;

/// <summary>A page of a <see cref="PageRegistryModel"/>.</summary>
internal sealed class ModelPage
{
    public ModelPage()
    {
    }

    public ModelPage(RegistryPage content)
    {
        Session = content.Owner;
        PartsAddress = content.PartsAddress;
        for (var i = 0; i < content.Rows.Count; i++)
            Rows.Add(content.Rows[i] with { Name = content.Rows[i].Name.ToOwned() });
        Parts.AddRange(content.Parts);
    }

    public long Session { get; set; }

    public List<FileEntry> Rows { get; } = [];

    public List<FileId> Parts { get; } = [];

    public PeerAddress PartsAddress { get; set; }

    public int Count => Rows.Count + Parts.Count;

    public bool IsEmpty => Count == 0;

    public static SharedItem ItemOf(in FileEntry entry) => new(entry.Address, entry.Name.ToString(), entry.Identity?.Id);

    public void AddTo(HashSet<SharedItem> items)
    {
        foreach (var row in Rows)
            items.Add(ItemOf(row));
        AddPartsTo(items);
    }

    public void AddPartsTo(HashSet<SharedItem> items)
    {
        foreach (var part in Parts)
            items.Add(new SharedItem(PartsAddress, "", part));
    }

    public void CopyTo(RegistryPage content, long since)
    {
        (content.Owner, content.Since, content.PartsAddress) = (Session, since, PartsAddress);
        foreach (var row in Rows)
            content.Rows.Add(row);
        content.Parts.AddRange(Parts);
    }

    /// <summary>Removes everything. False where there was nothing.</summary>
    public bool Clear()
    {
        var wasEmpty = IsEmpty;
        Rows.Clear();
        Parts.Clear();
        return !wasEmpty;
    }
}
