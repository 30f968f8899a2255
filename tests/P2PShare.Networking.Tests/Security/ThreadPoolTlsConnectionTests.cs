namespace P2PShare.Networking.Tests.Security;

public sealed class ThreadPoolTlsConnectionTests() : TlsConnectionContract(ConnectionFactory.ForThreadPool());
