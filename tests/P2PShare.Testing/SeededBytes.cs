using System.Buffers.Binary;

namespace P2PShare.Testing;

/// <summary>
/// Pseudo-random content that is the same on every run, and can be computed at any offset without the bytes before it. A lost,
/// repeated or moved piece changes it. The generator is SplitMix64 (Steele, Lea, Flood 2014), whose only state is the offset.
/// </summary>
public sealed class SeededBytes(ulong seed)
{
    private const int ChunkLength = 1024 * 1024;

    /// <summary>Fills the destination with the content from an offset in bytes.</summary>
    public void Fill(Span<byte> destination, long offset = 0)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        while (!destination.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, WordAt((ulong)offset / sizeof(ulong)));
            var part = word[(int)(offset % sizeof(ulong))..];
            var count = Math.Min(part.Length, destination.Length);
            part[..count].CopyTo(destination);
            destination = destination[count..];
            offset += count;
        }
    }

    public byte[] Create(int length)
    {
        var bytes = new byte[length];
        Fill(bytes);
        return bytes;
    }

    /// <summary>Writes a file of this length in bytes, in 1 MiB of memory, and returns its path.</summary>
    public async Task<string> WriteFileAsync(string path, long length, CancellationToken cancellationToken = default)
    {
        await using var file = File.Create(path);
        var chunk = new byte[(int)Math.Min(ChunkLength, length)];
        for (long offset = 0; offset < length; offset += chunk.Length)
        {
            var part = chunk.AsMemory(0, (int)Math.Min(chunk.Length, length - offset));
            Fill(part.Span, offset);
            await file.WriteAsync(part, cancellationToken);
        }

        return path;
    }

    private ulong WordAt(ulong index)
    {
        var z = seed + (index + 1) * 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
