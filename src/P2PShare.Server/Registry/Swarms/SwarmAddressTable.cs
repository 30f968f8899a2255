using System.Buffers.Binary;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Swarms;

/// <summary>
/// The addresses of each swarm, each once. Those of a swarm are numbered by their places, so that any can be chosen in constant time.
/// </summary>
internal sealed class SwarmAddressTable
{
    private readonly Slab<Swarm> _swarms;
    private readonly Slab<SwarmAddress> _addresses;
    private readonly HashIndex<SwarmAddress, SwarmAddress.HashedByAddress> _byAddress;
    private readonly HashIndex<SwarmAddress, SwarmAddress.HashedByPlace> _byPlace;
    private readonly Random _random;

    public SwarmAddressTable(TableMemory memory, Slab<Swarm> swarms, Random random)
    {
        (_swarms, _random) = (swarms, random);
        _addresses = new(memory);
        _byAddress = new(memory, _addresses);
        _byPlace = new(memory, _addresses);
    }

    /// <summary>Counts a session with this address, and returns the address's number. It is added where it is new.</summary>
    public int Add(int swarm, in EncodedAddress address, bool isWhole)
    {
        var hash = HashOf(swarm, address);
        var number = _byAddress.First(hash);
        while (number != 0 && !IsAt(number, swarm, address))
            number = _byAddress.Next(number);
        if (number == 0)
            number = AddNew(swarm, address, hash);
        Count(number, isWhole, 1);
        return number;
    }

    /// <summary>Takes back one <see cref="Add"/>. An address is removed with its last session.</summary>
    public void Remove(int number, bool isWhole)
    {
        Count(number, isWhole, -1);
        ref readonly var address = ref _addresses[number];
        if (address.Wholes + address.Parts > 0)
            return;
        LeavePlace(address.Swarm, address.Place);
        _byAddress.Remove(number);
        _addresses.Remove(number);
    }

    /// <inheritdoc cref="IPartRegistry.FindPeers"/>
    public int Choose(int swarm, Span<FoundPeer> found)
    {
        Span<int> places = stackalloc int[Math.Min(found.Length, _swarms[swarm].Addresses)];
        ChoosePlaces(places, _swarms[swarm].Addresses);
        for (var i = 0; i < places.Length; i++)
        {
            ref readonly var address = ref _addresses[NumberAt(swarm, places[i])];
            found[i] = new FoundPeer(address.Address, address.Wholes > 0);
        }

        return places.Length;
    }

    // A random subset of 0..count in constant time for each of its numbers (R. Floyd, CACM 30, 1987), then in random order, because the
    // algorithm itself puts large numbers at the end.
    private void ChoosePlaces(Span<int> places, int count)
    {
        for (var i = 0; i < places.Length; i++)
        {
            var last = count - places.Length + i;
            var place = _random.Next(last + 1);
            places[i] = places[..i].Contains(place) ? last : place;
        }

        _random.Shuffle(places);
    }

    private int AddNew(int swarm, in EncodedAddress address, uint hash)
    {
        var place = _swarms[swarm].Addresses++;
        var number = _addresses.Add(new SwarmAddress { Swarm = swarm, Place = place, Address = address });
        _byAddress.Add(hash, number);
        _byPlace.Add(HashOf(swarm, place), number);
        return number;
    }

    // The swarm's last address moves to the place that becomes free.
    private void LeavePlace(int swarm, int place)
    {
        _byPlace.Remove(NumberAt(swarm, place));
        var lastPlace = --_swarms[swarm].Addresses;
        if (place == lastPlace)
            return;
        var last = NumberAt(swarm, lastPlace);
        _byPlace.Remove(last);
        _addresses[last].Place = place;
        _byPlace.Add(HashOf(swarm, place), last);
    }

    private void Count(int number, bool isWhole, int change)
    {
        ref var address = ref _addresses[number];
        if (isWhole)
            address.Wholes += change;
        else
            address.Parts += change;
    }

    private int NumberAt(int swarm, int place)
    {
        var number = _byPlace.First(HashOf(swarm, place));
        while (_addresses[number].Swarm != swarm || _addresses[number].Place != place)
            number = _byPlace.Next(number);
        return number;
    }

    private bool IsAt(int number, int swarm, in EncodedAddress address) =>
        _addresses[number].Swarm == swarm && _addresses[number].Address.Bytes.SequenceEqual(address.Bytes);

    private static uint HashOf(int swarm, int place)
    {
        Span<byte> key = stackalloc byte[2 * sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(key, swarm);
        BinaryPrimitives.WriteInt32LittleEndian(key[sizeof(int)..], place);
        return SeededHash.Of(key);
    }

    private static uint HashOf(int swarm, in EncodedAddress address)
    {
        Span<byte> key = stackalloc byte[sizeof(int) + EncodedAddress.MaxBytes];
        BinaryPrimitives.WriteInt32LittleEndian(key, swarm);
        address.Bytes.CopyTo(key[sizeof(int)..]);
        return SeededHash.Of(key[..(sizeof(int) + address.Bytes.Length)]);
    }
}
