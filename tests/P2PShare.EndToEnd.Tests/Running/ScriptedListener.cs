using System.Net;
using System.Net.Sockets;
using System.Text;

namespace P2PShare.EndToEnd.Tests.Running;

/// <summary>The plainest server or owner that there is: what a line is answered with is looked up, and sent.</summary>
internal sealed class ScriptedListener : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Func<string, IEnumerable<byte[]>> _answer;
    private readonly bool _closesAfterAnswer;
    private readonly Task _serving;

    /// <param name="answer">From a line, with its line end, to the bytes that answer it.</param>
    /// <param name="closesAfterAnswer">As owners do; servers go on.</param>
    public ScriptedListener(Func<string, byte[]> answer, bool closesAfterAnswer)
        : this(line => [answer(line)], closesAfterAnswer)
    {
    }

    /// <param name="answer">The same, for answers that are sent in parts, as many as the other side takes.</param>
    /// <param name="closesAfterAnswer">As owners do; servers go on.</param>
    public ScriptedListener(Func<string, IEnumerable<byte[]>> answer, bool closesAfterAnswer)
    {
        (_answer, _closesAfterAnswer) = (answer, closesAfterAnswer);
        _listener.Start();
        _serving = ServeAllAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _serving;
        _ending.Dispose();
    }

    private async Task ServeAllAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true)
                sessions.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_ending.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task ServeAsync(TcpClient other)
    {
        using (other)
        {
            try
            {
                await AnswerAllAsync(other.GetStream());
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The other side left, or the test is over.
            }
        }
    }

    private async Task AnswerAllAsync(NetworkStream stream)
    {
        var line = new List<byte>();
        var buffer = new byte[1];
        while (await stream.ReadAsync(buffer, _ending.Token) > 0)
        {
            line.Add(buffer[0]);
            if (buffer[0] != (byte)'\n')
                continue;
            foreach (var part in _answer(Encoding.UTF8.GetString([.. line])))
                await stream.WriteAsync(part, _ending.Token);
            if (_closesAfterAnswer)
                return;
            line.Clear();
        }
    }
}
