using System.Net;

namespace P2PShare.Soak.Actors;

/// <summary>A port scanner: it opens connections with random input to the server or to a client.</summary>
internal sealed class PortScannerActor(IReadOnlyList<int> ports, Findings findings) : IActor
{
    public async Task RunAsync(Random random, CancellationToken cancellation)
    {
        for (var connections = random.Next(1, 20); connections > 0 && !cancellation.IsCancellationRequested; connections--)
        {
            var port = ports[random.Next(ports.Count)];
            await RandomConnection.RunAsync(new IPEndPoint(IPAddress.Loopback, port), IPAddress.Loopback, random, cancellation);
            findings.Count("connections of port scanners");
            await Task.Delay(random.Next(4000), CancellationToken.None);
        }
    }
}
