using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Simulation;

/// <summary>A file of the simulation.</summary>
internal sealed class Content(int number, int size, ulong seed)
{
    public FileName Name { get; } = FileName.TryParse($"content {number}.bin", out var name, out _) ? name : default;

    public byte[] Bytes { get; } = new SeededBytes(seed).Create(size);
}
