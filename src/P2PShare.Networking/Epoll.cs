using System.Runtime.InteropServices;

namespace P2PShare.Networking;

/// <summary>The system calls of <see cref="EventLoop"/> and its streams (epoll(7), recv(2), send(2)).</summary>
internal static unsafe partial class Epoll
{
    public const uint Input = 0x1;
    public const uint Output = 0x4;
    public const uint Error = 0x8;
    public const uint HangUp = 0x10;
    public const uint PeerFinished = 0x2000;
    public const uint EdgeTriggered = 1u << 31;

    private const int CloseOnExec = 0x80000;
    private const int ControlAdd = 1;
    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int Interrupted = 4; // EINTR
    private const int TryAgain = 11; // EAGAIN

    public static int Create()
    {
        var epoll = EpollCreate(CloseOnExec);
        return epoll >= 0 ? epoll : throw LastError();
    }

    public static void Add(int epoll, SafeHandle socket, byte* what)
    {
        if (EpollControl(epoll, ControlAdd, socket, what) < 0)
            throw LastError();
    }

    public static int Wait(int epoll, byte* events, int most, int milliseconds)
    {
        while (true)
        {
            var count = EpollWait(epoll, events, most, milliseconds);
            if (count >= 0)
                return count;
            if (Marshal.GetLastPInvokeError() != Interrupted)
                throw LastError();
        }
    }

    /// <summary>The bytes that came, 0 at the end, negative where there are none now.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public static int Receive(SafeHandle socket, Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            int count;
            do
                count = (int)Recv(socket, bytes, (nuint)buffer.Length, DontWait);
            while (count < 0 && MustRetry());
            return count;
        }
    }

    /// <summary>The bytes that were taken, negative where there is no room now.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public static int Send(SafeHandle socket, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            int count;
            do
                count = (int)Send(socket, bytes, (nuint)buffer.Length, DontWait | NoSignal);
            while (count < 0 && MustRetry());
            return count;
        }
    }

    private static bool MustRetry() => Marshal.GetLastPInvokeError() switch
    {
        Interrupted => true,
        TryAgain => false,
        _ => throw LastError(),
    };

    private static IOException LastError() => new(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(int epoll, int operation, SafeHandle socket, byte* what);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int EpollWait(int epoll, byte* events, int most, int milliseconds);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Recv(SafeHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeHandle socket, byte* buffer, nuint length, int flags);
}
