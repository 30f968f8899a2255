using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Swarm;

/// <summary>A file sharing program that runs on the hosts of a network.</summary>
internal interface ISwarmProgram
{
    /// <summary>The line of input on which a client begins to fetch.</summary>
    string BeginLine { get; }

    /// <summary>The beginning of the line that a client prints when it has the whole file.</summary>
    string DoneText { get; }

    /// <summary>Starts what runs on the server's host, if anything, and the owner; the owner shares the file when this returns.</summary>
    Task<ProgramProcess> StartOwnerAsync(ShapedNetwork network);

    /// <summary>Starts a client, which waits for <see cref="BeginLine"/> when this returns.</summary>
    /// <param name="network">The network.</param>
    /// <param name="host">The host of the client.</param>
    /// <param name="gives">Whether the client gives to others what it has.</param>
    Task<ProgramProcess> StartClientAsync(ShapedNetwork network, NetworkHost host, bool gives);
}
