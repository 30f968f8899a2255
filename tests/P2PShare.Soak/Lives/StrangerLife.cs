using System.Net;

namespace P2PShare.Soak.Lives;

/// <summary>Somebody who found a port and tries things on it: the server's, or a client's.</summary>
internal sealed class StrangerLife(IReadOnlyList<int> ports, Findings findings) : ILife
{
    public async Task LiveAsync(Random random, CancellationToken cancellation)
    {
        for (var visits = random.Next(1, 20); visits > 0 && !cancellation.IsCancellationRequested; visits--)
        {
            var port = ports[random.Next(ports.Count)];
            await Visit.PayAsync(new IPEndPoint(IPAddress.Loopback, port), IPAddress.Loopback, random, cancellation);
            findings.Count("visits of strangers");
            await Task.Delay(random.Next(4000), CancellationToken.None);
        }
    }
}
