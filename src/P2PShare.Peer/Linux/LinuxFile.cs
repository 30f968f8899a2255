using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using P2PShare.Networking;

namespace P2PShare.Peer.Linux;

/// <summary>File operations of Linux that .NET does not offer. Every caller has a portable alternative.</summary>
internal static partial class LinuxFile
{
    private const string OpenFiles = "/proc/self/fd";
    private const int CurrentFolder = -100; // AT_FDCWD
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint BasicStats = 0x7FF; // STATX_BASIC_STATS
    private const uint Birth = 0x800; // STATX_BTIME
    private const int TypeMask = 0xF000; // S_IFMT
    private const int RegularFile = 0x8000; // S_IFREG
    private const uint NoReplace = 1; // RENAME_NOREPLACE
    private const int Exists = 17; // EEXIST
    private const int WriteOnly = 1; // O_WRONLY
    private const int CloseOnExec = 0x80000; // O_CLOEXEC
    private const int NonBlocking = 0x800; // O_NONBLOCK
    private const int SharedLock = 1; // LOCK_SH
    private const int NoLock = 8;
    private const int NonBlockingLock = 4; // LOCK_NB
    private const int FollowLink = 0x400; // AT_SYMLINK_FOLLOW
    private const int ReadWriteForAll = 0x1B6; // 0666; the user's umask is applied to it
    private const uint WriteRange = 2; // SYNC_FILE_RANGE_WRITE

    private static readonly bool HasProc = Directory.Exists(OpenFiles);

    /// <summary>False where the path cannot be examined; <paramref name="isRegular"/> follows symbolic links.</summary>
    [SupportedOSPlatform("linux")]
    public static bool TryStat(string path, out FileStamp stamp, out bool isRegular)
    {
        var found = Stat(CurrentFolder, path, 0, BasicStats, out var stat) == 0;
        stamp = stat.ToStamp();
        isRegular = (stat.Mode & TypeMask) == RegularFile;
        return found;
    }

    /// <summary>Null where the path is no regular file, is a symbolic link, or cannot be examined.</summary>
    [SupportedOSPlatform("linux")]
    public static FileTrace? TryTrace(string path) =>
        Stat(CurrentFolder, path, NoFollow, BasicStats | Birth, out var stat) == 0 && (stat.Mode & TypeMask) == RegularFile
            ? new FileTrace(stat.ToStamp(), stat.BirthTicks)
            : null;

    [SupportedOSPlatform("linux")]
    public static bool TryStat(SafeFileHandle file, out FileStamp stamp) => TryStat(file, out stamp, out _);

    /// <summary>Renames atomically, unless <paramref name="to"/> exists. False where it was not renamed, for any reason.</summary>
    [SupportedOSPlatform("linux")]
    public static bool TryRenameWithoutReplacing(string from, string to) => Rename(CurrentFolder, from, CurrentFolder, to, NoReplace) == 0;

    [SupportedOSPlatform("linux")]
    public static bool TryStat(SafeFileHandle file, out FileStamp stamp, out bool isRegular)
    {
        var found = StatHandle(file, "", EmptyPath, BasicStats, out var stat) == 0;
        stamp = stat.ToStamp();
        isRegular = (stat.Mode & TypeMask) == RegularFile;
        return found;
    }

    /// <summary>Opens for reading, and does not block where the path is a pipe or a device. Null where it cannot be opened.</summary>
    [SupportedOSPlatform("linux")]
    public static SafeFileHandle? TryOpenNonBlocking(string path) => ToHandle(Open(path, CloseOnExec | NonBlocking));

    /// <summary>
    /// Gives up the lock that .NET takes (flock(2)) on a file that is opened for nobody else. On every Unix; Windows has no such lock.
    /// </summary>
    public static void Unlock(SafeFileHandle file)
    {
        if (!OperatingSystem.IsWindows())
            _ = Lock(file, NoLock);
    }

    /// <summary>
    /// Takes a shared lock (flock(2)), as .NET does on every file that it opens to read. False where another program has an exclusive lock.
    /// </summary>
    [SupportedOSPlatform("linux")]
    public static bool TryLockShared(SafeFileHandle file) => Lock(file, SharedLock | NonBlockingLock) == 0;

    /// <summary>Reads from the beginning. Returns fewer bytes than requested only where the file ends or cannot be read.</summary>
    [SupportedOSPlatform("linux")]
    public static int Read(SafeFileHandle file, Span<byte> content)
    {
        var filled = 0;
        while (filled < content.Length)
        {
            var count = ReadAt(file, content[filled..], (nuint)(content.Length - filled), filled);
            if (count <= 0)
                break;
            filled += (int)count;
        }

        return filled;
    }

    /// <summary>Writes from the beginning of the file.</summary>
    /// <exception cref="IOException">Not all of it could be written.</exception>
    [SupportedOSPlatform("linux")]
    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> content)
    {
        for (var written = 0; written < content.Length;)
        {
            var count = WriteAt(file, content[written..], (nuint)(content.Length - written), written);
            if (count < 0)
                throw new IOException(Marshal.GetLastPInvokeErrorMessage());
            written += (int)count;
        }
    }

    /// <summary>
    /// Creates a file without a name (O_TMPFILE) on <paramref name="folder"/>'s file system, open for writing. Null where that is not
    /// supported.
    /// </summary>
    [SupportedOSPlatform("linux")]
    public static SafeFileHandle? TryCreateUnnamed(string folder)
    {
        var unnamed = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 0x410000, // O_TMPFILE
            Architecture.Arm64 => 0x404000,
            _ => 0,
        };
        return unnamed == 0 || !HasProc ? null : ToHandle(Create(folder, WriteOnly | CloseOnExec | unnamed, ReadWriteForAll));
    }

    /// <summary>Gives an unnamed file its name, atomically (linkat(2)). False where the name is taken.</summary>
    /// <exception cref="IOException">The name cannot be given for another reason.</exception>
    [SupportedOSPlatform("linux")]
    public static bool TryLink(SafeFileHandle unnamed, string path)
    {
        if (Link(CurrentFolder, PathOf(unnamed), CurrentFolder, path, FollowLink) == 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        return error == Exists ? false : throw new IOException($"{Marshal.GetPInvokeErrorMessage(error)} : '{path}'");
    }

    /// <summary>
    /// Syncs the file systems of these files (syncfs(2)). False where that fails; then each file has to be synced by itself.
    /// </summary>
    public static bool TrySyncFileSystems(IEnumerable<SafeFileHandle> files)
    {
        if (!Platform.UsesLinuxCalls)
            return false;
        var synced = new HashSet<(uint, uint)>();
        return files.All(file => StatHandle(file, "", EmptyPath, BasicStats, out var stat) == 0
            && (!synced.Add(stat.Device) || SyncFileSystem(file) == 0));
    }

    /// <summary>
    /// Starts writing back a part of a file without waiting for it (sync_file_range(2)). Elsewhere the kernel decides when to.
    /// </summary>
    public static void StartWriteback(SafeFileHandle file, long offset, long length)
    {
        if (Platform.UsesLinuxCalls)
            _ = SyncRange(file, offset, length, WriteRange);
    }

    /// <summary>Opens an open file again, write-only and with O_DIRECT. Null where that is not supported.</summary>
    public static SafeFileHandle? TryOpenDirect(SafeFileHandle file)
    {
        var direct = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 0x4000, // O_DIRECT
            Architecture.Arm64 => 0x10000,
            _ => 0,
        };
        if (!Platform.UsesLinuxCalls || direct == 0)
            return null;
        return ToHandle(Open(PathOf(file), WriteOnly | CloseOnExec | direct));
    }

    private static SafeFileHandle? ToHandle(int handle) => handle < 0 ? null : new SafeFileHandle(handle, ownsHandle: true);

    private static string PathOf(SafeFileHandle file) => $"{OpenFiles}/{file.DangerousGetHandle()}";

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Create(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "flock")]
    private static partial int Lock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "pread64")]
    private static partial nint ReadAt(SafeFileHandle file, Span<byte> content, nuint length, long offset);

    [LibraryImport("libc", EntryPoint = "pwrite64", SetLastError = true)]
    private static partial nint WriteAt(SafeFileHandle file, ReadOnlySpan<byte> content, nuint length, long offset);

    [LibraryImport("libc", EntryPoint = "linkat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Link(int fromFolder, string from, int toFolder, string to, int flags);

    [LibraryImport("libc", EntryPoint = "syncfs")]
    private static partial int SyncFileSystem(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    private static partial int SyncRange(SafeFileHandle file, long offset, long length, uint flags);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(int folder, string path, int flags, uint mask, out StatX result);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatHandle(SafeFileHandle file, string path, int flags, uint mask, out StatX result);

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(int fromFolder, string from, int toFolder, string to, uint flags);

    // struct statx has one layout on every architecture (statx(2)); struct stat has not.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private readonly struct StatX
    {
        [FieldOffset(0)]
        private readonly uint _mask;
        [FieldOffset(28)]
        public readonly ushort Mode;
        [FieldOffset(32)]
        private readonly ulong _inode;
        [FieldOffset(40)]
        private readonly long _size;
        [FieldOffset(80)]
        private readonly long _bornSeconds;
        [FieldOffset(88)]
        private readonly uint _bornNanoseconds;
        [FieldOffset(112)]
        private readonly long _modifiedSeconds;
        [FieldOffset(120)]
        private readonly uint _modifiedNanoseconds;
        [FieldOffset(136)]
        private readonly uint _deviceMajor;
        [FieldOffset(140)]
        private readonly uint _deviceMinor;

        public (uint Major, uint Minor) Device => (_deviceMajor, _deviceMinor);

        /// <summary>0 where the file system does not tell.</summary>
        public long BirthTicks => (_mask & Birth) == 0 ? 0 : TicksOf(_bornSeconds, _bornNanoseconds);

        public FileStamp ToStamp() => new(_size, TicksOf(_modifiedSeconds, _modifiedNanoseconds), _inode);

        private static long TicksOf(long seconds, uint nanoseconds) =>
            DateTime.UnixEpoch.Ticks + seconds * TimeSpan.TicksPerSecond + nanoseconds / TimeSpan.NanosecondsPerTick;
    }
}
