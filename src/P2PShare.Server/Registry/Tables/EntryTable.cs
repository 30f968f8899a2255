using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry.Collections;
using P2PShare.Server.Registry.Pages;
using P2PShare.Server.Registry.Swarms;
using P2PShare.Server.Registry.Tables.Owners;
using P2PShare.Server.Registry.Tables.Records;

namespace P2PShare.Server.Registry.Tables;

/// <summary>
/// The entries, for one thread at a time. It keeps the tables consistent: entries by name, by content, by owner and sorted, and in their
/// swarms. Every operation takes constant or logarithmic time for each entry that it touches.
/// </summary>
internal sealed class EntryTable
{
    private readonly SortedBlocks<SortedEntry> _sorted = new();

    /// <param name="random">Chooses peers.</param>
    /// <param name="bounds">Null for a registry without pages.</param>
    /// <param name="time">Says which of two sessions with the same address is newer.</param>
    public EntryTable(Random random, PageBounds? bounds, TimeProvider time)
    {
        var memory = new TableMemory();
        Names = new(memory, Limits.MaxFileNameBytes);
        Listings = new(memory);
        Entries = new(memory);
        Contents = new(memory, Listings);
        Owners = new(memory, Entries);
        Pages = new(memory, Entries, Owners, isDivided: bounds is not null);
        Sessions = new(Owners, Pages, bounds, time);
        Index = new(memory, Listings);
        ByName = new(Index, Listings, Names, Entries, Contents);
        Swarms = new(memory, random);
        Peers = new(Listings, Entries, Contents, Owners, Swarms);
    }

    public NameStore Names { get; }

    public Slab<Listing> Listings { get; }

    public Slab<Entry> Entries { get; }

    public ContentTable Contents { get; }

    public OwnerTable Owners { get; }

    public PageTable Pages { get; }

    public SessionPages Sessions { get; }

    public HashIndex<Listing, Listing.Hashed> Index { get; }

    public ListingTable ByName { get; }

    public SwarmTable Swarms { get; }

    public PeerFinder Peers { get; }

    /// <summary>How many entries there are.</summary>
    public int Count { get; private set; }

    /// <summary>The session's entry of this name, or 0.</summary>
    public int Find(ReadOnlySpan<byte> name, long session) =>
        _sorted.TryFind(KeyOf(name, session), out var position) ? _sorted[position].Entry : 0;

    /// <summary>Copies the entries after a position, in order of name and session. Returns how many.</summary>
    public int CopyAfter(FilePosition after, Span<SortedEntry> items) =>
        _sorted.CopyAfter(KeyOf(after.Name.Span, after.Owner), items);

    /// <summary>Copies the entries after another one.</summary>
    /// <inheritdoc cref="CopyAfter(FilePosition, Span{SortedEntry})"/>
    public int CopyAfter(SortedEntry last, Span<SortedEntry> items) =>
        _sorted.CopyAfter(KeyOf(Names[last.Name], Owners[last.Owner].Number), items);

    public FileIdentity? IdentityOf(int entry) => Contents.IdentityOf(Listings[Entries[entry].Listing].Content);

    public ReadOnlySpan<byte> NameOf(int entry) => Names[Listings[Entries[entry].Listing].Name];

    /// <summary>Adds an entry to a page, and returns its number. Its session must have none of this name.</summary>
    public int Add(int page, FileName name, int port, in FileIdentity? identity)
    {
        var number = Entries.Add(default);
        Owners.AddEntry(Pages[page].Owner, port, number);
        Pages.AddEntry(page, number);
        ByName.AddEntry(number, name, identity);
        _sorted.Insert(KeyOf(name.Utf8.Span, Pages.OwnerOf(page).Number), ItemOf(number));
        Count++;
        Peers.AddWhole(number);
        Sessions.NoteChange(page);
        return number;
    }

    /// <summary>Changes the port and the content of an entry.</summary>
    public void Replace(int number, FileName name, int port, in FileIdentity? identity)
    {
        var (before, session) = (IdentityOf(number), Owners[Entries[number].Owner].Number);
        var isSame = before == identity;
        if (isSame && Owners.PortOf(number) == port)
            return;
        _sorted.TryFind(KeyOf(name.Utf8.Span, session), out var position);
        Owners.SetPort(number, (ushort)port);
        if (isSame)
        {
            Peers.MoveWhole(number);
        }
        else
        {
            ByName.RemoveEntry(number);
            Peers.RemoveWhole(before, session);
            ByName.AddEntry(number, name, identity);
            Peers.AddWhole(number);
        }

        // Last: with its listing, the entry may lose the name that the old item refers to.
        _sorted[position] = ItemOf(number);
        Sessions.NoteChange(Pages.Of(number));
    }

    /// <summary>Moves an entry to another page of its session.</summary>
    public void Move(int number, int page)
    {
        var left = Pages.Of(number);
        Pages.RemoveEntry(number);
        Pages.AddEntry(page, number);
        Sessions.NoteRemoval(left);
    }

    public void Remove(int number)
    {
        var page = Pages.Of(number);
        var (session, identity) = (Pages.OwnerOf(page).Number, IdentityOf(number));
        _sorted.Remove(KeyOf(NameOf(number), session));
        Pages.RemoveEntry(number);
        Owners.RemoveEntry(number);
        ByName.RemoveEntry(number);
        Entries.Remove(number);
        Count--;
        Peers.RemoveWhole(identity, session);
        Sessions.NoteRemoval(page);
    }

    /// <summary>Whether a newer session with the address of this one has an entry of the same name, which is listed in its place.</summary>
    public bool IsHidden(int owner, int name)
    {
        if (!Owners[owner].IsContested)
            return false;
        Span<long> newer = stackalloc long[4];
        foreach (var session in newer[..Sessions.Rivals.NewerThan(owner, newer)])
        {
            if (Find(Names[name], session) != 0)
                return true;
        }

        return false;
    }

    private SortedEntry ItemOf(int number)
    {
        ref readonly var entry = ref Entries[number];
        return new(number, Listings[entry.Listing].Name, entry.Owner, Owners.PortOf(number));
    }

    private EntryKey KeyOf(ReadOnlySpan<byte> name, long session) => new(Names, Owners, name, session);
}
