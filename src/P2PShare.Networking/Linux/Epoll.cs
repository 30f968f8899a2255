using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace P2PShare.Networking.Linux;

/// <summary>The system calls of <see cref="EventLoop"/> and its streams: epoll(7), eventfd(2), recv(2), send(2).</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class Epoll
{
    public const uint Input = 0x1; // EPOLLIN
    public const uint Output = 0x4; // EPOLLOUT
    public const uint Error = 0x8; // EPOLLERR
    public const uint HangUp = 0x10; // EPOLLHUP
    public const uint PeerClosed = 0x2000; // EPOLLRDHUP
    public const uint EdgeTriggered = 1u << 31; // EPOLLET

    private const int CloseOnExec = 0x80000; // EPOLL_CLOEXEC, EFD_CLOEXEC
    private const int ControlAdd = 1; // EPOLL_CTL_ADD
    private const int DontWait = 0x40; // MSG_DONTWAIT
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL
    private const int Interrupted = 4; // EINTR
    private const int TryAgain = 11; // EAGAIN

    /// <exception cref="IOException">No descriptor is left.</exception>
    public static SafeFileHandle Create() => Owned(EpollCreate(CloseOnExec));

    /// <summary>A descriptor that becomes readable with <see cref="Signal"/>.</summary>
    /// <exception cref="IOException">No descriptor is left.</exception>
    public static SafeFileHandle CreateEvent() => Owned(EventFd(0, CloseOnExec));

    /// <exception cref="IOException">The descriptor is not one of <see cref="CreateEvent"/>.</exception>
    public static void Signal(SafeHandle @event)
    {
        ulong one = 1;
        if (Write(@event, &one, sizeof(ulong)) < 0)
            throw LastError();
    }

    /// <exception cref="IOException">The kernel has no room for another watch.</exception>
    public static void Add(SafeHandle epoll, SafeHandle descriptor, byte* watch)
    {
        if (EpollControl(epoll, ControlAdd, descriptor, watch) < 0)
            throw LastError();
    }

    /// <summary>Waits for events, and gives their number.</summary>
    public static int Wait(int epoll, byte* events, int maxEvents, int milliseconds)
    {
        while (true)
        {
            var count = EpollWait(epoll, events, maxEvents, milliseconds);
            if (count >= 0)
                return count;
            if (Marshal.GetLastPInvokeError() != Interrupted)
                throw LastError();
        }
    }

    /// <summary>The bytes that were received: 0 at the end of the stream, negative where none are there now.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public static int Receive(SafeHandle socket, Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            int count;
            do
                count = (int)Recv(socket, bytes, (nuint)buffer.Length, DontWait);
            while (count < 0 && IsToBeRetried());
            return count;
        }
    }

    /// <summary>The bytes that were sent: negative where the socket's buffer is full.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public static int Send(SafeHandle socket, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            int count;
            do
                count = (int)Send(socket, bytes, (nuint)buffer.Length, DontWait | NoSignal);
            while (count < 0 && IsToBeRetried());
            return count;
        }
    }

    private static bool IsToBeRetried() => Marshal.GetLastPInvokeError() switch
    {
        Interrupted => true,
        TryAgain => false,
        _ => throw LastError(),
    };

    private static SafeFileHandle Owned(int descriptor) =>
        descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw LastError();

    private static IOException LastError() => new(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint count, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeHandle descriptor, ulong* value, nuint bytes);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(SafeHandle epoll, int operation, SafeHandle descriptor, byte* watch);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int EpollWait(int epoll, byte* events, int maxEvents, int milliseconds);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Recv(SafeHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeHandle socket, byte* buffer, nuint length, int flags);
}
