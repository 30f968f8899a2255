using System.Net.Sockets;
using P2PShare.Protocol.Text;
using P2PShare.Server.Configuration;
using P2PShare.Server.Output;

namespace P2PShare.Server;

/// <summary>Why a port cannot be listened on, for the user.</summary>
internal static class ListenFailure
{
    /// <summary>For the port of the clients.</summary>
    public static ServerFailure Of(SocketException e, ServerOptions options) =>
        Of(e, $"port {options.Port}", options.Bind ?? "", "--bind");

    /// <summary>For the port of the metrics.</summary>
    public static ServerFailure OfMetrics(SocketException e, ServerOptions options) =>
        Of(e, $"the metrics' port {options.Metrics!.Port}", options.Metrics.Address.ToString(), "--metrics");

    private static ServerFailure Of(SocketException e, string port, string address, string option) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse =>
            Failure(FailureCodes.PortTaken, $"{port} is taken by another program: stop that one, or choose another port."),
        SocketError.AccessDenied => Failure(FailureCodes.PortForbidden, $"{port} needs more rights: choose one above 1023."),
        SocketError.AddressNotAvailable => Failure(
            FailureCodes.AddressNotLocal, $"{Printable.Of(address)} is not an address of this machine: give {option} one that is."),
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => Failure(
            FailureCodes.HostUnknown, $"the host name {Printable.Of(address)} is not known: give {option} an address of this machine."),
        _ => Failure(
            FailureCodes.CannotListen, $"cannot listen on {port}: {e.Message} Choose another port, or an address of this machine."),
    };

    private static ServerFailure Failure(string code, string message) => new(ExitCodes.CannotListen, code, message);
}
