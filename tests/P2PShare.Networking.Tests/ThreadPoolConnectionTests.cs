namespace P2PShare.Networking.Tests;

public sealed class ThreadPoolConnectionTests() : ConnectionContract(ConnectionFactory.ForThreadPool());
