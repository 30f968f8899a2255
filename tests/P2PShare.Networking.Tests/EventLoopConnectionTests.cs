namespace P2PShare.Networking.Tests;

/// <summary>Without Linux system calls, these are the tests of the thread pool once more.</summary>
public sealed class EventLoopConnectionTests() : ConnectionContract(ConnectionFactory.ForEventLoops());
