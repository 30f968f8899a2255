using System.Text;
using P2PShare.Protocol.Transport;

namespace P2PShare.Server.Tests;

/// <summary>The client of a session, which sends and receives literal lines.</summary>
internal sealed class ServerClient(Stream stream) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly LineChannel _lines = new(stream);

    /// <summary>Sends exactly these characters as UTF-8; line ends are the caller's.</summary>
    public Task SendAsync(string text) => stream.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask().WaitAsync(Patience);

    /// <summary>The next line, or null where the server has closed.</summary>
    public async Task<string?> ReadAsync()
    {
        var line = await _lines.ReadLineAsync(CancellationToken.None).AsTask().WaitAsync(Patience);
        return line is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
    }

    /// <summary>Sends a line and returns the line that answers it.</summary>
    public async Task<string?> AskAsync(string line)
    {
        await SendAsync(line + "\n");
        return await ReadAsync();
    }

    /// <summary>Sends a line and returns the rows that answer it, including the line that ends them.</summary>
    public async Task<List<string>> AskForListAsync(string line, string end)
    {
        var rows = new List<string>();
        for (var row = await AskAsync(line); row is not null; row = await ReadAsync())
        {
            rows.Add(row);
            if (row.StartsWith(end, StringComparison.Ordinal))
                break;
        }

        return rows;
    }

    /// <summary>Every line until the server closes.</summary>
    public async Task<List<string>> ReadToEndAsync()
    {
        var lines = new List<string>();
        while (await ReadAsync() is { } line)
            lines.Add(line);
        return lines;
    }

    public ValueTask DisposeAsync() => _lines.DisposeAsync();
}
