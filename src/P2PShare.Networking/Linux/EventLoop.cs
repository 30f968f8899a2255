using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace P2PShare.Networking.Linux;

/// <summary>
/// A thread that waits for many sockets at once (epoll(7), edge-triggered), and runs the code that waits for them. A server of small
/// requests spends most of its time on the way from the thread that sees a socket ready to the thread that serves it. Here both are
/// the same thread.
/// </summary>
/// <remarks>
/// Code that runs here holds up every other socket of the loop. Blocking calls belong on the thread pool. Long work does, too, unless
/// it is done in steps of about 0.1 ms with <see cref="EnqueueYielded"/> between them.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed unsafe class EventLoop : IDisposable
{
    private const int MaxEvents = 256;

    // Connections whose requests are prepared together. With twice as many, their buffers no longer fit into the processor's L1 cache.
    private const int MaxBatch = 16;

    // Belongs to the event that wakes the thread, to stop it or to measure it. No stream ever has it.
    private const int WakeUpSlot = 0;

    // The kernel packs epoll_event on x86-64 alone.
    private static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int EventBytes = IsPacked ? 12 : 16;
    private static readonly int UserDataOffset = IsPacked ? 4 : 8;

    private readonly SafeFileHandle _epoll = Epoll.Create();
    private readonly SafeFileHandle _wakeUp = Epoll.CreateEvent();
    private readonly int _threadId;

    // Guards the slots for those who write them; the loop reads them without it. The lock also orders Dispose with the thread's end.
    private readonly Lock _lock = new();
    private readonly Stack<int> _freeSlots = new();
    private PolledStream?[] _slots = new PolledStream?[64];
    private int _usedSlots = WakeUpSlot + 1;
    private int _lastStreamId;

    // Completed by the loop's thread when it gets to the event that wakes it.
    private readonly ConcurrentQueue<TaskCompletionSource> _probes = new();

    // The loop's thread alone uses these.
    private readonly List<Readiness> _batch = new(MaxBatch);
    private readonly Queue<Readiness> _yielded = new();
    private bool _isCollectingBatch;
    private bool _hadEvents;

    private volatile bool _isStopping;

    /// <exception cref="IOException">No descriptor is left.</exception>
    public EventLoop()
    {
        Watch(_wakeUp, Epoll.Input | Epoll.EdgeTriggered, WakeUpSlot, streamId: 0);
        var thread = new Thread(Run) { IsBackground = true, Name = "event loop" };
        _threadId = thread.ManagedThreadId;
        thread.Start();
    }

    /// <summary>The caller runs on the loop's thread.</summary>
    public bool IsCurrentThread => Environment.CurrentManagedThreadId == _threadId;

    /// <summary>The last round found sockets ready, besides resuming one that had yielded. To be asked on the loop's thread.</summary>
    public bool HadEvents => _hadEvents;

    /// <summary>A number that no other stream of this loop has.</summary>
    public int NextStreamId() => Interlocked.Increment(ref _lastStreamId);

    /// <summary>Begins to watch a socket.</summary>
    /// <returns>The slot, for <see cref="Remove"/>.</returns>
    /// <exception cref="IOException">The kernel has no room for it.</exception>
    /// <exception cref="ObjectDisposedException">The loop has ended.</exception>
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
            const uint events = Epoll.Input | Epoll.Output | Epoll.PeerClosed | Epoll.EdgeTriggered;
            Watch(socket, events, slot, stream.Id);
            return slot;
        }
        catch
        {
            Remove(slot);
            throw;
        }
    }

    /// <summary>Frees a stream's slot. The kernel's watch ends when the socket is closed.</summary>
    public void Remove(int slot)
    {
        lock (_lock)
        {
            _slots[slot] = null;
            _freeSlots.Push(slot);
        }
    }

    /// <summary>
    /// Adds the caller to the batch that is being collected: it is signalled when every stream of the batch has been told that it is
    /// ready. False where there is no batch to wait for.
    /// </summary>
    public bool TryJoinBatch(Readiness caller)
    {
        if (!IsCurrentThread || !_isCollectingBatch)
            return false;
        _batch.Add(caller);
        return true;
    }

    /// <summary>
    /// The caller, which runs on the loop's thread, is signalled after all sockets that are ready now were served. One of those who
    /// yielded is signalled after each round.
    /// </summary>
    public void EnqueueYielded(Readiness caller) => _yielded.Enqueue(caller);

    /// <summary>Ends the thread after its current round. Streams that are still open are not told anything after that.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isStopping)
                return;
            _isStopping = true;
            Epoll.Signal(_wakeUp);
        }
    }

    /// <summary>
    /// Completes when the loop gets to an event that is signalled now, as a socket that becomes ready now would. Never completes where
    /// the loop has ended.
    /// </summary>
    public Task ProbeAsync()
    {
        var probe = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _probes.Enqueue(probe);
        lock (_lock)
        {
            if (!_isStopping)
                Epoll.Signal(_wakeUp);
        }

        return probe.Task;
    }

    private void Watch(SafeHandle descriptor, uint events, int slot, int streamId)
    {
        var watch = stackalloc byte[EventBytes];
        *(uint*)watch = events;
        Marshal.WriteInt64((nint)(watch + UserDataOffset), ((long)streamId << 32) | (uint)slot);
        Epoll.Add(_epoll, descriptor, watch);
    }

    private void Run()
    {
        // Only this thread closes the handle.
        var epoll = (int)_epoll.DangerousGetHandle();
        var events = (byte*)NativeMemory.Alloc((nuint)(MaxEvents * EventBytes));
        while (!_isStopping)
        {
            _ = _yielded.TryDequeue(out var next);
            var count = Epoll.Wait(epoll, events, MaxEvents, next is null ? Timeout.Infinite : 0);
            for (var first = 0; first < count; first += MaxBatch)
                DispatchBatch(events + (first * EventBytes), Math.Min(MaxBatch, count - first));
            _hadEvents = count > 0;
            next?.Signal();
        }

        NativeMemory.Free(events);
        lock (_lock)
        {
            _epoll.Dispose();
            _wakeUp.Dispose();
        }
    }

    private void AnswerProbes()
    {
        while (_probes.TryDequeue(out var probe))
            probe.SetResult();
    }

    // All of them read, then all of them go on.
    private void DispatchBatch(byte* events, int count)
    {
        _isCollectingBatch = count > 1;
        for (var at = events; at < events + (count * EventBytes); at += EventBytes)
        {
            var userData = Marshal.ReadInt64((nint)(at + UserDataOffset));

            // Another stream may have got the slot since. The event is not for that one.
            if (Volatile.Read(ref _slots)[(int)userData] is { } stream && stream.Id == (int)(userData >> 32))
                stream.OnReady(*(uint*)at);
            else if ((int)userData == WakeUpSlot)
                AnswerProbes();
        }

        _isCollectingBatch = false;
        foreach (var waiting in _batch)
            waiting.Signal();
        _batch.Clear();
    }
}
