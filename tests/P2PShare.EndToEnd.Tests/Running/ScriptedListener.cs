using System.Net.Sockets;
using System.Text;
using P2PShare.Testing.Peers;

namespace P2PShare.EndToEnd.Tests.Running;

/// <summary>The plainest server or owner that there is: what a line is answered with is looked up, and sent.</summary>
internal sealed class ScriptedListener : IAsyncDisposable
{
    private readonly LoopbackListener _listener;
    private readonly Func<string, IEnumerable<byte[]>> _answer;
    private readonly bool _closesAfterAnswer;

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
        _listener = new LoopbackListener(AnswerAllAsync);
    }

    public int Port => _listener.Port;

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task AnswerAllAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var line = new List<byte>();
        var buffer = new byte[1];
        while (await stream.ReadAsync(buffer, cancellation) > 0)
        {
            line.Add(buffer[0]);
            if (buffer[0] != (byte)'\n')
                continue;
            foreach (var part in _answer(Encoding.UTF8.GetString([.. line])))
                await stream.WriteAsync(part, cancellation);
            if (_closesAfterAnswer)
                return;
            line.Clear();
        }
    }
}
