using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace P2PShare.Networking;

/// <summary>
/// A thread that waits for many sockets at once (epoll(7), edge-triggered), and on which their readers go on. What costs a server
/// of small requests its time is the way from the thread that sees a socket ready to the one that serves it; here it is one.
/// </summary>
/// <remarks>
/// Whoever goes on here holds up all others of the loop: blocking calls belong on the thread pool, and long work, too, unless it is
/// done in steps of some 0.1 ms with <see cref="TryGiveWay"/> between them.
/// </remarks>
internal sealed unsafe class EventLoop
{
    private const int EventsAtOnce = 256;

    // So many go on together: with twice as many of them, their buffers no longer fit into the processor's nearest cache.
    private const int TurnsAtOnce = 16;

    // The kernel packs epoll_event on x86-64 alone.
    private static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int EventBytes = IsPacked ? 12 : 16;
    private static readonly int TagOffset = IsPacked ? 4 : 8;

    private static readonly Lazy<EventLoop[]> Loops = new(() => [.. Enumerable.Range(0, Math.Max(1, Environment.ProcessorCount / 2)).Select(_ => new EventLoop())]);
    private static uint _lastLoop;

    private readonly int _epoll = Epoll.Create();
    private readonly Lock _lock = new();
    private readonly Stack<int> _freeSlots = new();
    private PolledStream?[] _slots = new PolledStream?[64];
    private int _usedSlots;
    private readonly List<Readiness> _turns = new(TurnsAtOnce);
    private readonly Queue<Readiness> _patient = new();
    private int _thread;
    private bool _isGathering;
    private volatile bool _wasBusy;

    public EventLoop() => new Thread(Run) { IsBackground = true, Name = "event loop" }.Start();

    /// <summary>A stream over a connected socket, which it owns.</summary>
    /// <exception cref="IOException">The kernel has no room for it.</exception>
    public static PolledStream StreamOver(Socket socket)
    {
        var loops = Loops.Value;
        return new PolledStream(socket, loops[Interlocked.Increment(ref _lastLoop) % (uint)loops.Length]);
    }

    /// <summary>In its last round there was more to do than to go on with those who gave way.</summary>
    public bool WasBusy => _wasBusy;

    /// <summary>Begins to watch. The number is what <see cref="Remove"/> takes.</summary>
    /// <exception cref="IOException">The kernel has no room for it.</exception>
    public int Add(PolledStream stream, SafeHandle socket)
    {
        int slot;
        lock (_lock)
        {
            if (!_freeSlots.TryPop(out slot))
                slot = _usedSlots++;
            if (slot == _slots.Length)
                Array.Resize(ref _slots, 2 * slot);
            _slots[slot] = stream;
        }

        try
        {
            Watch(stream, socket, slot);
            return slot;
        }
        catch
        {
            Remove(slot);
            throw;
        }
    }

    /// <summary>Forgets a stream whose socket is closed, which ends the kernel's watch.</summary>
    public void Remove(int slot)
    {
        lock (_lock)
        {
            _slots[slot] = null;
            _freeSlots.Push(slot);
        }
    }

    /// <summary>Whether this one has to wait until all that were found ready together have been told so; then it is signalled.</summary>
    public bool TryTakeTurn(Readiness turn)
    {
        if (Environment.CurrentManagedThreadId != _thread || !_isGathering)
            return false;
        _turns.Add(turn);
        return true;
    }

    /// <summary>Whether this one will be signalled when all that is ready now has had its turn; of those who give way, one goes on after each round.</summary>
    public bool TryGiveWay(Readiness patient)
    {
        if (Environment.CurrentManagedThreadId != _thread)
            return false;
        _patient.Enqueue(patient);
        return true;
    }

    private void Watch(PolledStream stream, SafeHandle socket, int slot)
    {
        var room = stackalloc byte[EventBytes];
        *(uint*)room = Epoll.Input | Epoll.Output | Epoll.PeerFinished | Epoll.EdgeTriggered;
        Marshal.WriteInt64((nint)(room + TagOffset), ((long)stream.Number << 32) | (uint)slot);
        Epoll.Add(_epoll, socket, room);
    }

    private void Run()
    {
        var events = (byte*)NativeMemory.Alloc((nuint)(EventsAtOnce * EventBytes));
        _thread = Environment.CurrentManagedThreadId;
        while (true)
        {
            _ = _patient.TryDequeue(out var next);
            var count = Epoll.Wait(_epoll, events, EventsAtOnce, next is null ? Timeout.Infinite : 0);
            for (var first = 0; first < count; first += TurnsAtOnce)
                GoRound(events + (first * EventBytes), Math.Min(TurnsAtOnce, count - first));
            _wasBusy = count > 0;
            next?.Signal();
        }
    }

    // All of them read, then all of them go on.
    private void GoRound(byte* events, int count)
    {
        _isGathering = count > 1;
        for (var at = events; at < events + (count * EventBytes); at += EventBytes)
        {
            var tag = Marshal.ReadInt64((nint)(at + TagOffset));

            // A slot may be another's since, and what was seen is nothing to it.
            if (Volatile.Read(ref _slots)[(int)tag] is { } stream && stream.Number == (int)(tag >> 32))
                stream.OnReady(*(uint*)at);
        }

        _isGathering = false;
        foreach (var turn in _turns)
            turn.Signal();
        _turns.Clear();
    }
}
