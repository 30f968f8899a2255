using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace P2PShare.Server;

/// <summary>
/// Tells the service manager how the server is (sd_notify(3)): datagrams to the Unix socket that the environment variable NOTIFY_SOCKET
/// names. Does nothing where there is none.
/// </summary>
/// <param name="socket">The socket's path, or <c>@name</c> of the abstract namespace; null or empty where there is no manager.</param>
internal sealed class ServiceManager(string? socket)
{
    /// <summary>A service manager has started the server, and waits for <see cref="Ready"/>.</summary>
    public bool IsPresent { get; } = !string.IsNullOrEmpty(socket);

    public static ServiceManager OfEnvironment() => new(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));

    /// <summary>The server serves, or serves again after <see cref="Reloading"/>.</summary>
    public void Ready() => Send("READY=1");

    public void Reloading() => Send(string.Create(
        CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={(long)Stopwatch.GetElapsedTime(0).TotalMicroseconds}"));

    public void Stopping() => Send("STOPPING=1");

    private void Send(string state)
    {
        if (!IsPresent)
            return;
        try
        {
            var path = socket![0] == '@' ? "\0" + socket[1..] : socket;
            using var sender = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            sender.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(path));
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // The manager is gone, or its socket is none. It notices by itself what it is not told.
        }
    }
}
