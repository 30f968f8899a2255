using System.Net.Sockets;
using System.Text;
using P2PShare.Testing.Peers;

namespace P2PShare.EndToEnd.Tests.Running;

/// <summary>A fake server or owner that answers each line with bytes from a function.</summary>
internal sealed class ScriptedListener : IAsyncDisposable
{
    private readonly LoopbackListener _listener;
    private readonly Func<string, IEnumerable<byte[]>> _answer;
    private readonly bool _closesAfterAnswer;

    /// <param name="answer">Returns the answer to a line with its line end.</param>
    /// <param name="closesAfterAnswer">Whether it closes after one answer, as a plain owner does.</param>
    public ScriptedListener(Func<string, byte[]> answer, bool closesAfterAnswer)
        : this(line => [answer(line)], closesAfterAnswer)
    {
    }

    /// <param name="answer">The same, for answers in parts, which may have no end.</param>
    /// <param name="closesAfterAnswer">Whether it closes after one answer, as a plain owner does.</param>
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
