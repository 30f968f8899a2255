using System.Text;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Configuration;
using P2PShare.Server.Registry;
using P2PShare.Server.Registry.Tables;
using P2PShare.Server.Tests.Registry.Pages;
using P2PShare.Testing;
using Xunit.Abstractions;

namespace P2PShare.Server.Tests.Registry;

/// <summary>Random operations on the real registry and on the naive one must have the same results.</summary>
public sealed class FileRegistryModelTests(ITestOutputHelper output)
{
    private const int Operations = 20_000;
    private const int Owners = 12;
    private const int Names = 60;
    private const int Contents = 7;

    private static readonly ServerBounds Bounds = ServerBounds.Default with { MaxFiles = 300, MaxFilesPerClient = 50 };

    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(5, true)]
    public void Twenty_thousand_random_operations_have_the_same_results_in_both_registries(int seed, bool isPaged)
    {
        var random = new Random(seed);
        var real = isPaged ? Paged.Create(_time, Bounds) : new InMemoryFileRegistry(_time, Bounds);
        var model = new NaiveFileRegistry(_time, Bounds);
        for (var i = 0; i < Operations; i++)
        {
            try
            {
                DoOne(random, real, model);
            }
            catch (Exception)
            {
                output.WriteLine($"seed {seed}, operation {i}");
                throw;
            }
        }

        real.ReadAll().Should().Equal(model.ReadAll(), "seed {0}", seed);
    }

    private void DoOne(Random random, InMemoryFileRegistry real, NaiveFileRegistry model)
    {
        var name = Entries.Name($"{random.Next(Names)}");
        var owner = 1 + random.Next(Owners);
        var part = Entries.Id(1 + random.Next(Contents));
        switch (random.Next(120))
        {
            case < 45:
                var entry = new FileEntry(owner, name, Entries.Address(owner, 9001 + random.Next(3)), AnyContent(random));
                Same(real.Put(entry), model.Put(entry));
                break;
            case < 60:
                Same(real.Remove(owner, name), model.Remove(owner, name));
                break;
            case < 62:
                Same(real.RemoveAll(owner), model.RemoveAll(owner));
                break;
            case < 64:
                real.Prefetch(Encoding.UTF8.GetBytes($"{name} {owner}"), [0..name.Utf8.Length, (name.Utf8.Length + 1)..]);
                break;
            case < 80:
                CompareChoice(name, real, model);
                break;
            case < 88:
                CompareRows(real.Find(name.ToString(), 1 + random.Next(15)), model, entry => entry.Name == name);
                break;
            case < 93:
                var id = Entries.Id(1 + random.Next(Contents));
                CompareRows(real.Find(id, 100), model, entry => entry.Identity?.Id == id);
                break;
            case >= 114:
                ComparePeers(part, real, model);
                break;
            case >= 108:
                Same(real.RemovePart(owner, part), model.RemovePart(owner, part));
                break;
            case >= 100:
                var address = Entries.Address(owner, 9001 + random.Next(3));
                Same(real.PutPart(owner, part, address), model.PutPart(owner, part, address));
                break;
            case < 98:
                var (after, room) = (new FilePosition(name.Utf8, random.Next(Owners)), 1 + random.Next(100));
                real.ReadPage(after, room).Should().Equal(model.ReadPage(after, room));
                real.ReadEncodedPage(after, room).Should().Equal(model.ReadEncodedPage(after, room));
                break;
            default:
                _time.Advance(TimeSpan.FromSeconds(random.Next(15)));
                break;
        }
    }

    private static FileIdentity? AnyContent(Random random) => random.Next(5) switch
    {
        0 => null,
        1 => Entries.Content(1 + random.Next(Contents), 1 + random.Next(4)),
        _ => Entries.Content(1 + random.Next(Contents)),
    };

    private static void Same<T>(T real, T model) => real.Should().Be(model);

    // Of up to eight candidates, the one with the fewest requests is chosen. Which one of equals is not specified.
    private static void CompareChoice(FileName name, InMemoryFileRegistry real, NaiveFileRegistry model)
    {
        var choosable = model.Choosable(name);
        var chosen = real.Choose(name);
        if (chosen?.Address is not { } address)
        {
            choosable.Should().BeEmpty();
            return;
        }

        var owner = Entries.OwnerOf(address);
        model.Find(name.ToString(), 100).Should().Contain(entry => entry.Owner == owner && entry.Address == address);
        choosable.Should().Contain(owner);
        model.CountRequest(name, owner);
    }

    // Of an owner that announced a content with several ports, not every port need be found.
    private static void ComparePeers(FileId id, InMemoryFileRegistry real, NaiveFileRegistry model)
    {
        var (found, expected) = (new FoundPeer[300], new FoundPeer[300]);
        var peers = found.Take(real.FindPeers(id, found)).ToList();
        peers.Select(peer => peer.Address.Address).Should().OnlyHaveUniqueItems();
        peers.Select(OwnerAndKind).Distinct()
            .Should().BeEquivalentTo(expected.Take(model.FindPeers(id, expected)).Select(OwnerAndKind).Distinct());
    }

    private static (long Owner, bool IsWhole) OwnerAndKind(FoundPeer peer) => (Entries.OwnerOf(peer.Address.Address), peer.IsWhole);

    private static void CompareRows(List<FileEntry> found, NaiveFileRegistry model, Predicate<FileEntry> matches)
    {
        var all = model.ReadAll().FindAll(matches);
        var contents = all.GroupBy(entry => entry.Identity).ToList();
        found.Should().OnlyHaveUniqueItems().And.BeSubsetOf(all);
        var room = found.Count < all.Count ? found.Count : int.MaxValue;
        found.Select(entry => entry.Identity).Distinct().Should().HaveCount(Math.Min(room, contents.Count));
        if (found.Count > 0 && all.TrueForAll(entry => entry.Name == all[0].Name) && found[0].Identity is { } first)
            all.Count(entry => entry.Identity == first).Should().Be(contents.Max(c => c.Key is null ? 0 : c.Count()));
    }
}
