namespace P2PShare.Fuzz;

/// <summary>What a target checks.</summary>
internal static class Expect
{
    public static void Should<T>(this T value, Func<T, bool> holds, string rule)
    {
        if (!holds(value))
            throw new InvalidOperationException($"Not so: {rule}");
    }
}
