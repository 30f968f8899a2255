using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using P2PShare.Peer.Linux;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using Serilog;

namespace P2PShare.Peer.Content;

/// <summary>
/// Remembers across runs what each file was: (path, size, modification time, inode) to file id. One file of records of a fixed
/// length, only ever appended to or replaced whole; a record that is damaged or torn is passed over, so the worst that a damaged
/// cache can do is that a file is hashed again. Safe to use from any thread, and from several clients of one user.
/// </summary>
/// <param name="path">The cache's file; it and its folder are made when first needed.</param>
/// <param name="log">For a cache that cannot be read or written.</param>
internal sealed class IdentityCache(string path, ILogger log)
{
    // path hash 16, size 8, modified 8, inode 8, file id 32, check 8. The hash of the path stands for it: fixed in length, and
    // the cache does not tell what its owner's files are called.
    private const int RecordBytes = 80;
    private const int CheckedBytes = RecordBytes - 8;
    private const int FewRecords = 1000;

    // What may have to be hashed again where the program is killed.
    private const int MostGathered = 256;
    private const long MostBytesGathered = 64 * 1024 * 1024;

    private const int OpenAttempts = 200;
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(5);

    private readonly Lock _lock = new();
    private Dictionary<UInt128, Entry>? _entries;
    private List<byte[]> _unwritten = [];
    private bool _isBeingWritten;
    private int _gatherers;
    private long _bytesUnwritten;

    private bool IsGathering => _gatherers > 0 && _unwritten.Count < MostGathered && _bytesUnwritten < MostBytesGathered;

    private readonly record struct Entry(FileStamp Stamp, FileIdentity Identity);

    private sealed class Gathering(IdentityCache cache) : IDisposable
    {
        public void Dispose() => cache.EndGathering();
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
            _bytesUnwritten += identity.Size;
        }

        AppendUnwritten();
    }

    /// <summary>Until what it gives is disposed of, what is put here is written many records together: one by one, they take as long as hashing small files does.</summary>
    public IDisposable Gather()
    {
        lock (_lock)
            _gatherers++;
        return new Gathering(this);
    }

    private void EndGathering()
    {
        lock (_lock)
            _gatherers--;
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

            // Torn ends would shift all that is appended later, and replaced records only cost room: both go.
            if (bytes.Length % RecordBytes != 0 || bytes.Length / RecordBytes > 2 * entries.Count + FewRecords)
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
        var unfinished = $"{path}.{Environment.ProcessId}.tmp";
        var records = new byte[entries.Count * RecordBytes];
        var at = 0;
        foreach (var (key, entry) in entries)
        {
            Write(records.AsSpan(at, RecordBytes), key, entry);
            at += RecordBytes;
        }

        File.WriteAllBytes(unfinished, records);
        File.Move(unfinished, path, overwrite: true);
    }

    // Whoever comes first writes for those who come meanwhile, so that records neither interleave nor wait under the lock.
    private void AppendUnwritten()
    {
        lock (_lock)
        {
            if (_isBeingWritten)
                return;
            _isBeingWritten = true;
        }

        while (true)
        {
            List<byte[]> records;
            lock (_lock)
            {
                if (_unwritten.Count == 0 || IsGathering)
                {
                    _isBeingWritten = false;
                    return;
                }

                (records, _unwritten, _bytesUnwritten) = (_unwritten, [], 0);
            }

            Append(records);
        }
    }

    private void Append(List<byte[]> records)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var file = OpenAlone(FileMode.OpenOrCreate, FileAccess.Write);
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
        using var file = OpenAlone(FileMode.Open, FileAccess.Read);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    // Another client of the same user may have it open, but never for longer than it takes to write a few records.
    private FileStream OpenAlone(FileMode mode, FileAccess access)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, mode, access, FileShare.None);
            }
            catch (IOException) when (attempt < OpenAttempts && File.Exists(path))
            {
                Thread.Sleep(BetweenAttempts);
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
        WriteCheck(record[..CheckedBytes], record[CheckedBytes..]);
    }

    private static bool TryRead(ReadOnlySpan<byte> record, out UInt128 key, out Entry entry)
    {
        Span<byte> check = stackalloc byte[RecordBytes - CheckedBytes];
        WriteCheck(record[..CheckedBytes], check);
        var stamp = new FileStamp(
            BinaryPrimitives.ReadInt64LittleEndian(record[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(record[24..]),
            BinaryPrimitives.ReadUInt64LittleEndian(record[32..]));
        key = BinaryPrimitives.ReadUInt128LittleEndian(record);
        entry = default;
        if (!check.SequenceEqual(record[CheckedBytes..])
            || !FileIdentity.TryCreate(new FileId(record.Slice(40, Limits.HashBytes)), stamp.Size, out var identity))
            return false;
        entry = new Entry(stamp, identity);
        return true;
    }

    private static void WriteCheck(ReadOnlySpan<byte> content, Span<byte> check)
    {
        Span<byte> hash = stackalloc byte[Limits.HashBytes];
        SHA256.HashData(content, hash);
        hash[..check.Length].CopyTo(check);
    }
}
