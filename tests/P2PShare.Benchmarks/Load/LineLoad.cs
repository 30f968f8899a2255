using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace P2PShare.Benchmarks.Load;

/// <summary>
/// The load generator for both programs: one thread with epoll, which sends prepared requests and only counts the line ends of the
/// replies. Each connection sends a batch of requests, and the next batch after all replies, as redis-benchmark does.
/// </summary>
internal sealed unsafe class LineLoad : IDisposable
{
    private const int BufferBytes = 64 * 1024;
    private const int EventsAtOnce = 512;
    private const int HistogramMicroseconds = 2_000_000;

    private readonly Socket[] _sockets;
    private readonly int[] _descriptors;
    private readonly int[] _expectedLineEnds;
    private readonly long[] _sentAt;
    private readonly int[] _histogram = new int[HistogramMicroseconds];
    private readonly byte[] _buffer = GC.AllocateArray<byte>(BufferBytes, pinned: true);
    private readonly byte[] _bytes;
    private readonly int _batchBytes;
    private readonly int _inFlight;
    private readonly int _lineEndsPerBatch;
    private readonly int _epoll;
    private int _cursor;
    private long _batches;

    /// <param name="port">The port on 127.0.0.1.</param>
    /// <param name="connections">The number of connections.</param>
    /// <param name="inFlight">Requests in a batch; a power of two.</param>
    /// <param name="requests">The requests, which are sent repeatedly.</param>
    /// <param name="greeting">Lines to send first, each answered by one line; may be empty.</param>
    public LineLoad(int port, int connections, int inFlight, Requests requests, string greeting)
    {
        _inFlight = inFlight;
        _batchBytes = inFlight * requests.Length;
        _lineEndsPerBatch = inFlight * requests.LineEndsPerReply;
        _bytes = GC.AllocateUninitializedArray<byte>(requests.Bytes.Length, pinned: true);
        requests.Bytes.CopyTo(_bytes, 0);
        (_expectedLineEnds, _sentAt) = (new int[connections], new long[connections]);
        _sockets = [.. Enumerable.Range(0, connections).Select(_ => Connect(new IPEndPoint(IPAddress.Loopback, port), greeting))];
        _descriptors = [.. _sockets.Select(one => (int)one.Handle)];
        _epoll = LibC.EpollCreate(0);
        for (var index = 0; index < connections; index++)
        {
            var what = new LibC.EpollEvent { Events = LibC.EpollIn, Index = index };
            Check(LibC.EpollControl(_epoll, LibC.EpollAdd, _descriptors[index], ref what));
        }
    }

    /// <summary>Connects, sends the greeting, and reads its replies.</summary>
    public static Socket Connect(IPEndPoint server, string greeting, IPAddress? from = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (from is not null)
            socket.Bind(new IPEndPoint(from, 0));
        socket.Connect(server);
        LineExchange.Run(socket, Encoding.UTF8.GetBytes(greeting), greeting.Count(one => one == '\n'));
        return socket;
    }

    /// <summary>Sends requests for this time, then reads the remaining replies.</summary>
    public LoadFigures Run(TimeSpan time)
    {
        Array.Clear(_histogram);
        _batches = 0;
        var start = Stopwatch.GetTimestamp();
        var end = start + (long)(time.TotalSeconds * Stopwatch.Frequency);
        for (var index = 0; index < _descriptors.Length; index++)
            SendBatch(index, Stopwatch.GetTimestamp());
        var busy = _descriptors.Length;
        var (counted, countedAt) = (0L, 0L);
        while (busy > 0)
        {
            busy -= ServeReady(end);
            if (countedAt == 0 && Stopwatch.GetTimestamp() is var now && now >= end)
                (counted, countedAt) = (_batches, now);
        }

        return new LoadFigures(
            counted * _inFlight, counted * _inFlight / Stopwatch.GetElapsedTime(start, countedAt).TotalSeconds, Percentile(0.99));
    }

    public void Dispose()
    {
        _ = LibC.Close(_epoll);
        foreach (var socket in _sockets)
            socket.Dispose();
    }

    // Returns the number of connections that have finished.
    private int ServeReady(long end)
    {
        var done = 0;
        var events = stackalloc LibC.EpollEvent[EventsAtOnce];
        var ready = LibC.EpollWait(_epoll, events, EventsAtOnce, 10_000);
        if (ready <= 0)
            throw new TimeoutException("No reply arrived for 10 s.");
        for (var at = 0; at < ready; at++)
        {
            var index = events[at].Index;
            if (!ReceiveBatch(index))
                continue;
            var now = Stopwatch.GetTimestamp();
            _batches++;
            _histogram[Math.Min((int)Stopwatch.GetElapsedTime(_sentAt[index], now).TotalMicroseconds, HistogramMicroseconds - 1)]++;
            if (now < end)
                SendBatch(index, now);
            else
                done++;
        }

        return done;
    }

    private void SendBatch(int index, long now)
    {
        _expectedLineEnds[index] = _lineEndsPerBatch;
        _sentAt[index] = now;
        fixed (byte* bytes = _bytes)
            Check(LibC.Send(_descriptors[index], bytes + _cursor, _batchBytes, 0) == _batchBytes ? 0 : -1);
        _cursor += _batchBytes;
        if (_cursor == _bytes.Length)
            _cursor = 0;
    }

    private bool ReceiveBatch(int index)
    {
        fixed (byte* buffer = _buffer)
        {
            var count = (int)LibC.Receive(_descriptors[index], buffer, BufferBytes, 0);
            if (count <= 0)
                throw new IOException("A connection of the load was closed.");
            _expectedLineEnds[index] -= new ReadOnlySpan<byte>(buffer, count).Count((byte)'\n');
        }

        return _expectedLineEnds[index] <= 0;
    }

    private double Percentile(double share)
    {
        var left = (long)(_histogram.Sum(one => (long)one) * (1 - share));
        for (var microseconds = HistogramMicroseconds - 1; microseconds > 0; microseconds--)
        {
            left -= _histogram[microseconds];
            if (left < 0)
                return microseconds / 1000.0;
        }

        return 0;
    }

    private static void Check(int result)
    {
        if (result < 0)
            throw new IOException("A system call of the load generator failed.");
    }
}
