using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using P2PShare.Peer.Linux;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using Serilog;

namespace P2PShare.Peer.Content;

/// <summary>
/// A persistent cache of file ids, by (path, size, modification time, inode). One file of fixed-length records with checksums, only
/// appended to or replaced whole. Damaged or torn records are skipped, so the worst effect of damage is that a file is hashed again.
/// Safe to use from any thread, and from several clients of one user.
/// </summary>
/// <param name="path">The cache's file; it and its folder are created when first needed.</param>
/// <param name="log">The log.</param>
internal sealed class IdentityCache(string path, ILogger log)
{
    // path hash 16, size 8, modified 8, inode 8, file id 32, checksum 8. The path is hashed to make it fixed in length, and so that the
    // cache does not disclose the names of its owner's files.
    private const int RecordBytes = 80;
    private const int ChecksummedBytes = RecordBytes - 8;
    private const int CompactionSlack = 1000;

    // Bounds of what has to be hashed again where the program is killed during a batch.
    private const int MaxBatchRecords = 256;
    private const long MaxBatchBytes = 64 * 1024 * 1024;

    private const int OpenAttempts = 200;
    private static readonly TimeSpan OpenRetryDelay = TimeSpan.FromMilliseconds(5);

    private readonly Lock _lock = new();
    private Dictionary<UInt128, Entry>? _entries;
    private List<byte[]> _unwritten = [];
    private bool _isWriting;
    private int _openBatches;
    private long _unwrittenBytes;

    private bool IsBatching => _openBatches > 0 && _unwritten.Count < MaxBatchRecords && _unwrittenBytes < MaxBatchBytes;

    private readonly record struct Entry(FileStamp Stamp, FileIdentity Identity);

    private sealed class Batch(IdentityCache cache) : IDisposable
    {
        public void Dispose() => cache.EndBatch();
    }

    public bool TryFind(string file, FileStamp stamp, out FileIdentity identity)
    {
        var key = KeyOf(file);
        lock (_lock)
        {
            _entries ??= Load();
            var found = _entries.TryGetValue(key, out var entry) && entry.Stamp == stamp;
            identity = found ? entry.Identity : default;
            return found;
        }
    }

    public void Put(string file, FileStamp stamp, FileIdentity identity)
    {
        var key = KeyOf(file);
        var entry = new Entry(stamp, identity);
        var record = new byte[RecordBytes];
        Write(record, key, entry);
        lock (_lock)
        {
            _entries ??= Load();
            _entries[key] = entry;
            _unwritten.Add(record);
            _unwrittenBytes += identity.Size;
        }

        AppendUnwritten();
    }

    /// <summary>
    /// Begins a batch: until the result is disposed of, records are written many at a time. Written one by one, they take as long as
    /// hashing small files does.
    /// </summary>
    public IDisposable BeginBatch()
    {
        lock (_lock)
            _openBatches++;
        return new Batch(this);
    }

    private void EndBatch()
    {
        lock (_lock)
            _openBatches--;
        AppendUnwritten();
    }

    private static UInt128 KeyOf(string file)
    {
        Span<byte> hash = stackalloc byte[Limits.HashBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(file), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private Dictionary<UInt128, Entry> Load()
    {
        var entries = new Dictionary<UInt128, Entry>();
        try
        {
            if (!File.Exists(path))
                return entries;
            var bytes = ReadWhole();
            for (var at = 0; at + RecordBytes <= bytes.Length; at += RecordBytes)
            {
                if (TryRead(bytes.AsSpan(at, RecordBytes), out var key, out var entry))
                    entries[key] = entry;
            }

            // Compact: a torn record at the end would misalign all later ones, and replaced records waste space.
            if (bytes.Length % RecordBytes != 0 || bytes.Length / RecordBytes > 2 * entries.Count + CompactionSlack)
                Rewrite(entries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Warning("The cache of file ids could not be read: {Reason:l}", e.Message);
        }

        return entries;
    }

    private void Rewrite(Dictionary<UInt128, Entry> entries)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        var records = new byte[entries.Count * RecordBytes];
        var at = 0;
        foreach (var (key, entry) in entries)
        {
            Write(records.AsSpan(at, RecordBytes), key, entry);
            at += RecordBytes;
        }

        File.WriteAllBytes(temporary, records);
        File.Move(temporary, path, overwrite: true);
    }

    // One thread at a time writes, also for those that come meanwhile: records do not interleave, and the lock is not held while writing.
    private void AppendUnwritten()
    {
        lock (_lock)
        {
            if (_isWriting)
                return;
            _isWriting = true;
        }

        while (true)
        {
            List<byte[]> records;
            lock (_lock)
            {
                if (_unwritten.Count == 0 || IsBatching)
                {
                    _isWriting = false;
                    return;
                }

                (records, _unwritten, _unwrittenBytes) = (_unwritten, [], 0);
            }

            Append(records);
        }
    }

    private void Append(List<byte[]> records)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var file = OpenExclusive(FileMode.OpenOrCreate, FileAccess.Write);
            file.Seek(0, SeekOrigin.End);
            foreach (var record in records)
                file.Write(record);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Warning("The cache of file ids could not be written: {Reason:l}", e.Message);
        }
    }

    private byte[] ReadWhole()
    {
        using var file = OpenExclusive(FileMode.Open, FileAccess.Read);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    // Another client of the same user may have the file open, but only for as long as it takes to write a few records.
    private FileStream OpenExclusive(FileMode mode, FileAccess access)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, mode, access, FileShare.None);
            }
            catch (IOException) when (attempt < OpenAttempts && File.Exists(path))
            {
                Thread.Sleep(OpenRetryDelay);
            }
        }
    }

    private static void Write(Span<byte> record, UInt128 key, Entry entry)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(record, key);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], entry.Stamp.Size);
        BinaryPrimitives.WriteInt64LittleEndian(record[24..], entry.Stamp.ModifiedTicks);
        BinaryPrimitives.WriteUInt64LittleEndian(record[32..], entry.Stamp.Inode);
        entry.Identity.Id.CopyTo(record[40..]);
        WriteChecksum(record[..ChecksummedBytes], record[ChecksummedBytes..]);
    }

    private static bool TryRead(ReadOnlySpan<byte> record, out UInt128 key, out Entry entry)
    {
        Span<byte> checksum = stackalloc byte[RecordBytes - ChecksummedBytes];
        WriteChecksum(record[..ChecksummedBytes], checksum);
        var stamp = new FileStamp(
            BinaryPrimitives.ReadInt64LittleEndian(record[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(record[24..]),
            BinaryPrimitives.ReadUInt64LittleEndian(record[32..]));
        key = BinaryPrimitives.ReadUInt128LittleEndian(record);
        entry = default;
        if (!checksum.SequenceEqual(record[ChecksummedBytes..])
            || !FileIdentity.TryCreate(new FileId(record.Slice(40, Limits.HashBytes)), stamp.Size, out var identity))
            return false;
        entry = new Entry(stamp, identity);
        return true;
    }

    private static void WriteChecksum(ReadOnlySpan<byte> content, Span<byte> checksum)
    {
        Span<byte> hash = stackalloc byte[Limits.HashBytes];
        SHA256.HashData(content, hash);
        hash[..checksum.Length].CopyTo(checksum);
    }
}
