import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Java's client, to compare with: reads what was written to one topic, and writes to another by each codec. */
public class CodecPeer {
  /** Arguments: bootstrap servers, topic to read, records in it, topic to write to, records to write by each codec. */
  public static void main(String[] args) throws Exception {
    read(args[0], args[1], Integer.parseInt(args[2]));
    for (String codec : List.of("gzip", "snappy", "lz4", "zstd")) write(args[0], args[3], codec, Integer.parseInt(args[4]));
  }

  /** Prints a line for each record: its key and a digest of its value. */
  private static void read(String servers, String topic, int count) throws Exception {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", servers);
    settings.put("check.crcs", "true");
    try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      var partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      for (int seen = 0; seen < count && System.nanoTime() < end;) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          seen++;
          byte[] digest = MessageDigest.getInstance("SHA-256").digest(record.value());
          System.out.println(new String(record.key(), StandardCharsets.UTF_8) + " " + HexFormat.of().formatHex(digest));
        }
      }
    }
  }

  private static void write(String servers, String topic, String codec, int count) throws Exception {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", servers);
    settings.put("compression.type", codec);
    settings.put("linger.ms", "50");
    settings.put("max.request.size", "4000000");
    try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < count; i++) {
        var headers = new RecordHeaders().add("b", new byte[] {1}).add("10", null).add("b", new byte[0]);
        byte[] key = (codec + " " + i).getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>(topic, 0, null, key, valueOf(i), headers));
      }
      producer.flush();
    }
  }

  /** The same as valueOf in codecs_test.ts. */
  private static byte[] valueOf(int i) {
    byte[] value = new byte[i % 10 == 9 ? 150_000 : i * 7 % 400];
    int noise = i;
    for (int at = 0; at < value.length; at++) {
      noise = noise * 1_103_515_245 + 12_345;
      value[at] = (byte) (i % 3 == 0 ? noise >>> 16 : "order_id ".charAt(at % 9));
    }
    return value;
  }
}
