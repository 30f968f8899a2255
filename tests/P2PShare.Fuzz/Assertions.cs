namespace P2PShare.Fuzz;

/// <summary>The checks of a target.</summary>
internal static class Assertions
{
    public static void MustSatisfy<T>(this T value, Func<T, bool> holds, string rule)
    {
        if (!holds(value))
            throw new InvalidOperationException($"Violated: {rule}");
    }
}
