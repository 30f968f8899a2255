namespace P2PShare.Networking.Tests.Security;

public sealed class EventLoopTlsConnectionTests() : TlsConnectionContract(ConnectionFactory.ForEventLoops());
