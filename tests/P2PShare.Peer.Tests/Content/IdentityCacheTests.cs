using P2PShare.Peer.Content;
using P2PShare.Peer.Linux;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Peer.Tests.Content;

/// <summary>The persistent cache of file ids, whole and damaged.</summary>
public sealed class IdentityCacheTests : IDisposable
{
    private static readonly FileStamp Stamp = new(12, 638_000_000_000_000_000, 42);

    private readonly TempFolder _folder = new();
    private readonly FileIdentity _identity = Identity(1);

    private string CachePath => _folder.File("cache/ids");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Entry_is_found_by_the_next_run()
    {
        Cache().Put("/a", Stamp, _identity);

        Cache().TryFind("/a", Stamp, out var found).Should().BeTrue();
        found.Should().Be(_identity);
    }

    [Fact]
    public void Batched_entry_is_found_at_once_and_written_at_the_end_of_the_batch()
    {
        var cache = Cache();
        using (cache.BeginBatch())
        {
            cache.Put("/a", Stamp, _identity);
            cache.TryFind("/a", Stamp, out _).Should().BeTrue();
            File.Exists(CachePath).Should().BeFalse();
        }

        Cache().TryFind("/a", Stamp, out _).Should().BeTrue();
    }

    [Fact]
    public void Batch_is_written_early_after_256_records_or_64_MiB()
    {
        var cache = Cache();
        using var batch = cache.BeginBatch();
        for (var number = 0; number < 256; number++)
            cache.Put($"/{number}", Stamp, _identity);
        Cache().TryFind("/255", Stamp, out _).Should().BeTrue("a batch has at most 256 records");

        var size = 64 * 1024 * 1024;
        FileIdentity.TryCreate(_identity.Id, size, out var large).Should().BeTrue();
        cache.Put("/large", Stamp with { Size = size }, large);
        Cache().TryFind("/large", Stamp with { Size = size }, out _).Should().BeTrue("a batch has at most 64 MiB of hashed bytes");
    }

    [Fact]
    public async Task Concurrent_batches_lose_no_entry()
    {
        var cache = Cache();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            using var batch = cache.BeginBatch();
            for (var number = 0; number < 300; number++)
                cache.Put($"/{thread}/{number}", Stamp, _identity);
        })));

        var again = Cache();
        Enumerable.Range(0, 1200).Count(number => again.TryFind($"/{number / 300}/{number % 300}", Stamp, out _)).Should().Be(1200);
    }

    [Fact]
    public void Entry_is_not_found_with_another_path_size_time_or_inode()
    {
        var cache = Cache();
        cache.Put("/a", Stamp, _identity);

        cache.TryFind("/b", Stamp, out _).Should().BeFalse();
        cache.TryFind("/a", Stamp with { Size = 13 }, out _).Should().BeFalse();
        cache.TryFind("/a", Stamp with { ModifiedTicks = Stamp.ModifiedTicks + 1 }, out _).Should().BeFalse();
        cache.TryFind("/a", Stamp with { Inode = 43 }, out _).Should().BeFalse();
        cache.TryFind("/a", Stamp, out _).Should().BeTrue();
    }

    [Fact]
    public void Cache_cut_at_any_byte_keeps_whole_records_and_accepts_new_ones()
    {
        var cache = Cache();
        cache.Put("/a", Stamp, _identity);
        cache.Put("/b", Stamp, Identity(2));
        var whole = File.ReadAllBytes(CachePath);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(CachePath, whole[..length]);

            var damaged = Cache();
            damaged.TryFind("/a", Stamp, out _).Should().Be(length >= whole.Length / 2);
            damaged.Put("/c", Stamp, Identity(3));
            Cache().TryFind("/c", Stamp, out var found).Should().BeTrue();
            found.Should().Be(Identity(3));
        }
    }

    [Fact]
    public void Record_with_any_byte_changed_is_skipped_and_the_others_are_found()
    {
        var cache = Cache();
        cache.Put("/a", Stamp, _identity);
        cache.Put("/b", Stamp, Identity(2));
        var whole = File.ReadAllBytes(CachePath);
        for (var place = 0; place < whole.Length / 2; place++)
        {
            var damaged = whole.ToArray();
            damaged[place] ^= 0x10;
            File.WriteAllBytes(CachePath, damaged);

            Cache().TryFind("/a", Stamp, out _).Should().BeFalse();
            Cache().TryFind("/b", Stamp, out _).Should().BeTrue();
        }
    }

    [Fact]
    public void Unusable_cache_file_or_folder_is_no_error()
    {
        _folder.Write("cache/ids", new SeededBytes(1).Create(10_007));
        Cache().TryFind("/a", Stamp, out _).Should().BeFalse();

        File.Delete(CachePath);
        Directory.CreateDirectory(CachePath);
        var inFolder = Cache();
        inFolder.Put("/a", Stamp, _identity);
        inFolder.TryFind("/a", Stamp, out _).Should().BeTrue("the entry is kept in memory for this run");

        Directory.Delete(_folder.File("cache"), recursive: true);
        _folder.Write("cache", "a file"u8);
        Cache().Put("/a", Stamp, _identity);
        File.ReadAllText(_folder.File("cache")).Should().Be("a file");
    }

    [Fact]
    public async Task Two_clients_that_write_at_the_same_time_lose_no_entry()
    {
        var (one, other) = (Cache(), Cache());
        await Task.WhenAll(
            Task.Run(() => PutMany(one, "one")),
            Task.Run(() => PutMany(other, "other")));

        var third = Cache();
        for (var n = 0; n < 500; n++)
        {
            third.TryFind($"/one/{n}", Stamp, out _).Should().BeTrue();
            third.TryFind($"/other/{n}", Stamp, out _).Should().BeTrue();
        }
    }

    [Fact]
    public void Entry_that_is_replaced_again_and_again_does_not_grow_the_cache_without_bound()
    {
        for (var run = 0; run < 5; run++)
        {
            var cache = Cache();
            for (var n = 0; n < 1000; n++)
                cache.Put("/a", Stamp with { ModifiedTicks = n }, _identity);
        }

        Cache().TryFind("/a", Stamp with { ModifiedTicks = 999 }, out _).Should().BeTrue();
        new FileInfo(CachePath).Length.Should().BeLessThan(3000 * 80);
    }

    private static void PutMany(IdentityCache cache, string who)
    {
        for (var n = 0; n < 500; n++)
            cache.Put($"/{who}/{n}", Stamp, Identity((byte)n));
    }

    private static FileIdentity Identity(byte first)
    {
        var id = new byte[32];
        (id[0], id[31]) = (first, 1);
        FileIdentity.TryCreate(new FileId(id), 12, out var identity).Should().BeTrue();
        return identity;
    }

    private IdentityCache Cache() => new(CachePath, Logger.None);
}
