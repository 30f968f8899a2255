using P2PShare.Testing.Processes;

namespace P2PShare.Soak;

/// <summary>What a program holds of the machine at one moment.</summary>
internal readonly record struct Figures(long ResidentBytes, int Descriptors, int Threads)
{
    public static Figures Of(int id) => new(ProcessFigures.ResidentBytes(id), ProcessFigures.OpenDescriptors(id), ProcessFigures.Threads(id));

    public override string ToString() => $"{ResidentBytes / 1048576.0:F1} MiB resident, {Descriptors} descriptors, {Threads} threads";
}
