using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using P2PShare.Networking;

namespace P2PShare.Peer.Linux;

/// <summary>What .NET does not say or do with a file, asked of Linux itself. Every caller has a way without it.</summary>
internal static partial class LinuxFile
{
    private const string OpenFiles = "/proc/self/fd";
    private const int CurrentFolder = -100; // AT_FDCWD
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
    private const uint BasicStats = 0x7FF; // STATX_BASIC_STATS
    private const int TypeMask = 0xF000; // S_IFMT
    private const int RegularFile = 0x8000; // S_IFREG
    private const uint NoReplace = 1; // RENAME_NOREPLACE
    private const int Exists = 17; // EEXIST
    private const int WriteOnly = 1; // O_WRONLY
    private const int CloseOnExec = 0x80000; // O_CLOEXEC
    private const int DoNotWait = 0x800; // O_NONBLOCK
    private const int SharedLock = 1; // LOCK_SH
    private const int NoWaitForLock = 4; // LOCK_NB
    private const int FollowLink = 0x400; // AT_SYMLINK_FOLLOW
    private const int AnyoneReadsAndWrites = 0x1B6; // 0666, less what the user's umask takes off
    private const uint StartWriteOut = 2; // SYNC_FILE_RANGE_WRITE

    private static readonly bool HasProc = Directory.Exists(OpenFiles);

    /// <summary>False where the path cannot be examined; <paramref name="isRegular"/> follows symbolic links.</summary>
    public static bool TryStat(string path, out FileStamp stamp, out bool isRegular)
    {
        var found = Stat(CurrentFolder, path, 0, BasicStats, out var stat) == 0;
        stamp = stat.ToStamp();
        isRegular = (stat.Mode & TypeMask) == RegularFile;
        return found;
    }

    public static bool TryStat(SafeFileHandle file, out FileStamp stamp) => TryStat(file, out stamp, out _);

    /// <summary>Renames unless <paramref name="to"/> exists, in one step. False where that was refused, for whatever reason.</summary>
    public static bool TryRenameWithoutReplacing(string from, string to) => Rename(CurrentFolder, from, CurrentFolder, to, NoReplace) == 0;

    public static bool TryStat(SafeFileHandle file, out FileStamp stamp, out bool isRegular)
    {
        var found = StatHandle(file, "", EmptyPath, BasicStats, out var stat) == 0;
        stamp = stat.ToStamp();
        isRegular = (stat.Mode & TypeMask) == RegularFile;
        return found;
    }

    /// <summary>Opens a file to be read, and whatever else has its name (a pipe, a device) without waiting for it. Null where that cannot be.</summary>
    public static SafeFileHandle? TryOpenAtOnce(string path) => Owned(Open(path, CloseOnExec | DoNotWait));

    /// <summary>Keeps the file from those who want it alone, as .NET does with every file that it opens. False where one of them has it.</summary>
    public static bool TryShare(SafeFileHandle file) => Lock(file, SharedLock | NoWaitForLock) == 0;

    /// <summary>Reads from the beginning; gives fewer bytes than there is room for only where the file ends, or cannot be read.</summary>
    public static int Read(SafeFileHandle file, Span<byte> content)
    {
        var filled = 0;
        for (nint count; filled < content.Length && (count = ReadAt(file, content[filled..], (nuint)(content.Length - filled), filled)) > 0;)
            filled += (int)count;
        return filled;
    }

    /// <summary>Writes at the beginning.</summary>
    /// <exception cref="IOException">Not all of it could be written.</exception>
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

    /// <summary>A file in <paramref name="folder"/>'s file system that has no name, open for writing. Null where there is no such thing.</summary>
    public static SafeFileHandle? TryCreateNameless(string folder)
    {
        var nameless = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 0x410000, // O_TMPFILE
            Architecture.Arm64 => 0x404000,
            _ => 0,
        };
        return nameless == 0 || !HasProc ? null : Owned(Create(folder, WriteOnly | CloseOnExec | nameless, AnyoneReadsAndWrites));
    }

    /// <summary>Gives a nameless file its name, in one step. False where the name is taken.</summary>
    /// <exception cref="IOException">It cannot be given for another reason.</exception>
    public static bool TryName(SafeFileHandle nameless, string path)
    {
        if (Link(CurrentFolder, PathOf(nameless), CurrentFolder, path, FollowLink) == 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        return error == Exists ? false : throw new IOException($"{Marshal.GetPInvokeErrorMessage(error)} : '{path}'");
    }

    /// <summary>Makes everything durable that is in the file systems of these files. False where it cannot; then each file has to be synced for itself.</summary>
    public static bool TrySyncFileSystems(IEnumerable<SafeFileHandle> files)
    {
        if (!Platform.UsesLinuxCalls)
            return false;
        var synced = new HashSet<(uint, uint)>();
        return files.All(file => StatHandle(file, "", EmptyPath, BasicStats, out var stat) == 0
            && (!synced.Add(stat.Device) || SyncFileSystem(file) == 0));
    }

    /// <summary>Has the disk begin with a part of a file, and does not wait for it. Where that cannot be done, it begins when the kernel thinks it is time.</summary>
    public static void StartWriting(SafeFileHandle file, long offset, long length)
    {
        if (Platform.UsesLinuxCalls)
            _ = SyncRange(file, offset, length, StartWriteOut);
    }

    /// <summary>For <see cref="DirectFile"/>: the file that is open there, for writing alone. Null where that cannot be.</summary>
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
        return Owned(Open(PathOf(file), WriteOnly | CloseOnExec | direct));
    }

    private static SafeFileHandle? Owned(int handle) => handle < 0 ? null : new SafeFileHandle(handle, ownsHandle: true);

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
        [FieldOffset(28)]
        public readonly ushort Mode;
        [FieldOffset(32)]
        private readonly ulong _inode;
        [FieldOffset(40)]
        private readonly long _size;
        [FieldOffset(112)]
        private readonly long _modifiedSeconds;
        [FieldOffset(120)]
        private readonly uint _modifiedNanoseconds;
        [FieldOffset(136)]
        private readonly uint _deviceMajor;
        [FieldOffset(140)]
        private readonly uint _deviceMinor;

        public (uint Major, uint Minor) Device => (_deviceMajor, _deviceMinor);

        public FileStamp ToStamp() => new(
            _size,
            DateTime.UnixEpoch.Ticks + _modifiedSeconds * TimeSpan.TicksPerSecond + _modifiedNanoseconds / TimeSpan.NanosecondsPerTick,
            _inode);
    }
}
