import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A member of a group by Kafka's newer protocol (KIP-848): prints what it reads, until its standard input ends. */
public class GroupPeer {
  /** Arguments: bootstrap servers, topic, group. */
  public static void main(String[] args) throws Exception {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", args[0]);
    settings.put("group.id", args[2]);
    settings.put("group.protocol", "consumer");
    settings.put("auto.offset.reset", "earliest");
    try (var member = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      member.subscribe(List.of(args[1]));
      while (System.in.available() == 0) {
        print(member.poll(Duration.ofMillis(200)));
        member.commitSync();
        System.out.println("has " + member.assignment().size());
      }
    }
  }

  private static void print(ConsumerRecords<byte[], byte[]> records) {
    records.forEach(record -> System.out.println("read " + new String(record.value())));
  }
}
